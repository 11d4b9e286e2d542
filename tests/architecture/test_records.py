"""Foreign keys point down the stack, and the migrations say what the models say."""

import subprocess
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.management import call_command
from django.db import connections, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.test.utils import isolate_apps

from tests.architecture.contracts import parts
from tests.architecture.tree import ROOT


@cache
def levels() -> dict[str, int]:
    """How high every context stands in the stack; the core is 0."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (stack,) = [contract["layers"] for contract in contracts if contract["id"] == "stack"]
    return {name.strip(" ()"): level for level, layer in enumerate(reversed(stack)) for name in layer.split("|")}


def wrong_keys(rows: Iterable[type[models.Model]]) -> list[str]:
    """Keys that point up or sideways, or that leave their context and can be followed back."""
    found = []
    for model in rows:
        root, home, _ = parts(model.__module__)
        if root != "caudal":
            continue
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many, *model._meta.private_fields]:
            found += [f"{model.__module__}.{model.__name__}.{field.name} {what}" for what in wrong_with(field, home)]
    return found


def wrong_with(field: object, home: str) -> Iterable[str]:
    if isinstance(field, GenericForeignKey):
        yield "points anywhere: keep a Ref, or a row of the higher context that points down."
        return
    target = getattr(field, "related_model", None)
    if target is None or not isinstance(field, models.ForeignKey | models.OneToOneField | models.ManyToManyField):
        return
    root, context, _ = parts(target.__module__)
    if root != "caudal" or context == home:
        return
    if levels()[context] >= levels()[home]:
        yield f"points up to {context}: a link from a lower noun to a higher one is a row of the higher context."
    if field.remote_field.related_name != "+":
        yield f'leaves for {context} and can be followed back: give it related_name="+".'


def unwritten_migrations(before: ProjectState, after: ProjectState) -> list[str]:
    """What the models say and the migrations do not yet."""
    changes = MigrationAutodetector(before, after).changes(graph=MigrationLoader(None).graph)
    ours = {config.label for config in apps.get_app_configs() if parts(config.name)[0] == "caudal"}
    return [
        f"{app}: {operation.describe()}: run `bin/caudal makemigrations`, and read what it wrote."
        for app, migrations in changes.items()
        if app in ours
        for migration in migrations
        for operation in migration.operations
    ]


def unsafe_migrations(*scripts: Path) -> str:
    """What squawk says about locks and rewrites in SQL that will meet a database in use."""
    if not scripts:
        return ""
    squawk = Path(sys.executable).with_name("squawk")
    done = subprocess.run(
        [str(squawk), "--config", str(ROOT / ".squawk.toml"), *map(str, scripts)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_every_foreign_key_points_down_the_stack() -> None:
    assert wrong_keys(apps.get_models()) == []


def test_the_migrations_say_what_the_models_say() -> None:
    assert unwritten_migrations(MigrationLoader(None).project_state(), ProjectState.from_apps(apps)) == []


@pytest.mark.django_db
def test_migrations_after_the_first_are_safe_on_a_live_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = [
        (app, name, migration)
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if parts(apps.get_app_config(app).name)[0] == "caudal" and not name.startswith("0001")
    ]
    scripts = []
    for app, name, migration in later:
        script = tmp_path / f"{app}_{name}.sql"
        with script.open("w") as file, monkeypatch.context() as patched:
            if not migration.atomic:
                # Indexes made concurrently refuse a transaction, this test's too, although the SQL is only written.
                patched.setattr(connections["default"], "in_atomic_block", False)
            call_command("sqlmigrate", app, name, stdout=file)
        scripts.append(script)
    assert unsafe_migrations(*scripts) == ""


def test_the_admin_site_is_not_installed() -> None:
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_a_key_that_points_up_or_can_be_followed_back_is_found() -> None:
    def model(context: str, name: str, **keys: object) -> type[models.Model]:
        meta = type("Meta", (), {"app_label": context})
        return type(name, (models.Model,), {"__module__": f"caudal.{context}.models", "Meta": meta, **keys})

    def key(to: type[models.Model] | str, name: str) -> object:
        return models.ForeignKey(to, on_delete=models.PROTECT, related_name=name)

    with isolate_apps():
        team = model("workspace", "Team")
        target = model("plan", "Target")
        product = model("catalog", "Product")
        deal = model(
            "crm",
            "Deal",
            team=key(team, "+"),
            owner=key(team, "deals"),
            target=key(target, "+"),
            parent=key("self", "children"),
            about=GenericForeignKey(),
        )
        account = model("ledger", "Account", product=key(product, "+"))
        found = wrong_keys([team, target, product, deal, account])
    assert [line.split()[0] for line in found] == [
        "caudal.crm.models.Deal.owner",
        "caudal.crm.models.Deal.target",
        "caudal.crm.models.Deal.about",
        "caudal.ledger.models.Account.product",  # a sibling
    ]


def test_a_model_without_its_migration_is_found() -> None:
    before = MigrationLoader(None).project_state()
    after = before.clone()
    after.add_model(ModelState("kit", "Planted", [("id", models.AutoField(primary_key=True))]))
    assert len(unwritten_migrations(before, after)) == 1 + len(unwritten_migrations(before, before))


def test_a_migration_that_would_stop_a_live_database_is_found(tmp_path: Path) -> None:
    script = tmp_path / "0002_planted.sql"
    script.write_text("ALTER TABLE crm_deal ADD COLUMN note text NOT NULL;\nCREATE INDEX by_note ON crm_deal (note);\n")
    said = unsafe_migrations(script)
    assert "adding-required-field" in said
    assert "require-concurrent-index-creation" in said
