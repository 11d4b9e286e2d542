"""What leaves comes in again as it was: our own export, imported into an empty company and exported again, is the same."""

import csv
import io
from pathlib import Path

import pytest

from caudal.core.ids import Ref
from caudal.crm.imports import Decisions, Options, PathUpload, import_files
from caudal.crm.imports.leaving import lay_out
from caudal.crm.imports.running import OPERATION
from caudal.crm.imports.undoing import undo_import
from caudal.crm.models import Deal
from caudal.kit.access import SYSTEM
from caudal.kit.world import SetClock
from caudal.workspace.models import ExternalId, Operation
from tests.crm.exports_work import WORK
from tests.crm.test_moving_in import errors, take, world, write
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
__all__ = ["world"]


def exported(folder: Path, ids: dict[str, str] | None = None) -> dict[str, list[str]]:
    """Export everything and return the lines of each file, sorted, for ids say the order; ids mapped to others."""
    lay_out(SYSTEM, AT, folder)
    found = {}
    for file in sorted(folder.iterdir()):
        text = file.read_text(encoding="utf-8")
        for new, old in (ids or {}).items():
            text = text.replace(new, old)
        rows = csv.reader(io.StringIO(text))
        found[file.name] = sorted("|".join("; ".join(sorted(cell.split("; "))) for cell in row) for row in rows)
    return found


def ids_of_old() -> dict[str, str]:
    """The id of each row that moved in, and the one that it had where it came from."""
    rows = ExternalId.objects.filter(source="caudal").exclude(kind__in=["pipeline", "stage"])
    return {str(Ref(kind, record)): key for kind, record, key in rows.values_list("kind", "record", "key")}


def moved_in(folder: Path) -> None:
    report = import_files(
        actor=SYSTEM,
        uploads=[PathUpload(file) for file in sorted(folder.iterdir())],
        options=Options(source="caudal", decisions=Decisions(keeps_columns=True)),
        clock=SetClock(AT).now,
    )
    assert errors(report) == []
    told = {
        (each.finding.code, str(each.finding.place)) for each in report.findings if each.finding.severity == "choice"
    }
    assert told == set()


def emptied() -> None:
    """Leave the company as it was before anything moved in."""
    batch = Operation.objects.filter(name=OPERATION).latest("created_at", "pk")
    undo_import(actor=SYSTEM, batch=batch, clock=SetClock(AT).now)


@pytest.mark.parametrize("system", WORK)
def test_what_moved_in_from_elsewhere_is_a_fixed_point(system: str, shop: Shop, tmp_path: Path) -> None:
    for folder in ("theirs", "first", "second"):
        (tmp_path / folder).mkdir()
    assert errors(take(write(tmp_path / "theirs", WORK[system]))) == []
    first = exported(tmp_path / "first")
    assert [len(first[f"{name}.csv"]) - 1 for name in ("companies", "people", "deals", "activities")] == [4, 2, 3, 7]
    emptied()
    assert not Deal.objects.exists()
    moved_in(tmp_path / "first")
    assert exported(tmp_path / "second", ids_of_old()) == first
