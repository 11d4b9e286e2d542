"""Plans read from files: those the package ships and those of a company."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.plans import BYTES_MAX, PlanFile, read_plan, read_scenario

_SHIPPED: Final = Path(__file__).parent.parent / "plans"
_SHOWN: Final = 200


class PlanNotFound(Problem):
    """The name is neither a shipped plan nor a file that can be read."""

    code = "plan.not_found"
    status = 404
    message = msg("There is no plan “{name}”.")
    hint = msg("Give the path of a plan file, or one of: {shipped}.")


def shipped_plans() -> tuple[str, ...]:
    """The names of the plans that come with the package."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.toml")))


def plan_path(name: str) -> Path:
    """The file of a plan: a shipped one by its name, any other by its path. Raises PlanNotFound."""
    path = _SHIPPED / f"{name}.toml" if name in shipped_plans() else Path(name)
    try:
        found = path.is_file()
    except (OSError, ValueError):  # longer than a path may be, or not one at all
        found = False
    if not found:
        raise PlanNotFound(name=name[:_SHOWN], shipped=", ".join(shipped_plans()))
    return path


def read_bytes(name: str) -> tuple[str, bytes]:
    """Return the name that findings give a plan's file, and what is in it. Raises PlanNotFound."""
    path = plan_path(name)
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise PlanNotFound(name=name[:_SHOWN], shipped=", ".join(shipped_plans())) from error
    return path.name if name in shipped_plans() else name, data


def load_plan(name: str, *, metrics: Collection[str] | None = None, scenario: str | None = None) -> PlanFile:
    """Read a plan by its name or path, with every finding in it, or as one of its scenarios has it.

    `metrics` are the ids that exist; a target of another one gets a note. Raises PlanNotFound, UnknownScenario.
    """
    file, data = read_bytes(name)
    if scenario:
        return read_scenario(data, scenario, file)
    return read_plan(data, file, metrics=metrics)
