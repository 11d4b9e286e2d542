"""The lock files are fresh, hashed, and free of addresses."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.conftest import Plant
from tests.architecture.tree import Tree

PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)

DEPENDENCY: Final = re.compile(r'^\s*"[a-z0-9._-]+(?:\[[a-z0-9,._-]+\])?[<>=!~]+[0-9]')


def lock_findings(tree: Tree) -> list[str]:
    """What is wrong with the lock files of a tree; `bin/lock` mends all of it."""
    with (tree.root / "pyproject.toml").open("rb") as file:
        project: dict[str, Any] = tomllib.load(file)
    groups = project.get("dependency-groups", {})
    runtime = project["project"]["dependencies"]
    wanted = {
        "requirements.lock": runtime,
        "requirements-dev.lock": [*runtime, *groups.get("dev", ())],
        "bootstrap.lock": groups.get("bootstrap", []),
    }
    return [finding for name, needs in wanted.items() for finding in stale(tree.root / name, needs)]


def stale(lock: Path, needs: list[str]) -> list[str]:
    if not lock.exists():
        return [f"{lock.name} is missing: run bin/lock."]
    text = lock.read_text(encoding="utf-8")
    pins = {canonicalize_name(name): version for name, version in PIN.findall(text)}
    found = [f"{lock.name} names an address: {match[0]}" for match in re.finditer(r"\w+://\S+", text)]
    found += [
        f"{lock.name} pins {entry.split()[0]} without a hash: run bin/lock."
        for entry in re.split(r"\n(?=\S)", text.strip())
        if entry and not entry.startswith("#") and "--hash=sha256:" not in entry
    ]
    for requirement in map(Requirement, needs):
        version = pins.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            found.append(f"{lock.name} has {version or 'nothing'} for {requirement}: run bin/lock.")
    return found


def unreasoned_dependencies(tree: Tree) -> list[str]:
    """Dependencies that do not say on their own line what they are for."""
    return [
        f"pyproject.toml:{number} {line.split()[0]} has no reason beside it."
        for number, line in enumerate((tree.root / "pyproject.toml").read_text(encoding="utf-8").splitlines(), 1)
        if DEPENDENCY.match(line) and "#" not in line
    ]


def test_the_lock_files_are_fresh_hashed_and_free_of_addresses(tree: Tree) -> None:
    assert lock_findings(tree) == []


def test_a_stale_lock_file_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "pyproject.toml": """
                [project]
                dependencies = ["django>=5.2,<5.3", "rich>=14", "click>=8"]
                """,
            "requirements.lock": """
                click==8.2.1
                django==5.1.0 \\
                    --hash=sha256:00
                """,
            "requirements-dev.lock": """
                --index-url https://example.org/simple
                click==8.2.1 --hash=sha256:00
                django==5.2.9 --hash=sha256:00
                rich==14.0.0 --hash=sha256:00
                """,
        }
    )
    assert lock_findings(planted) == [
        "requirements.lock pins click==8.2.1 without a hash: run bin/lock.",
        "requirements.lock has 5.1.0 for django<5.3,>=5.2: run bin/lock.",
        "requirements.lock has nothing for rich>=14: run bin/lock.",
        "requirements-dev.lock names an address: https://example.org/simple",
        "requirements-dev.lock pins --index-url without a hash: run bin/lock.",
        "bootstrap.lock is missing: run bin/lock.",
    ]


def test_every_dependency_says_why_it_is_there(tree: Tree) -> None:
    assert unreasoned_dependencies(tree) == []


def test_a_dependency_without_its_reason_is_found(plant: Plant) -> None:
    text = """
        dependencies = [
          "click>=8.2",   # the command line
          "rich>=14",
          "procrastinate[django]>=3.5",
        ]
        ignore = ["E501"]
        """
    assert [line.split()[0] for line in unreasoned_dependencies(plant({"pyproject.toml": text}))] == [
        "pyproject.toml:3",
        "pyproject.toml:4",
    ]
