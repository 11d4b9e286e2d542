"""The text of a scenario that stands beside a plan: what it says otherwise, said, taken back and written."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from caudal.core.intervals import exact_text
from caudal.core.plans.conformity import Checker
from caudal.core.plans.document import Table, read_document
from caudal.core.plans.ranges import RangeReader
from caudal.core.plans.scenarios import Override, OverrideReader


def overrides_in(text: str) -> tuple[Override, ...]:
    r"""What a text says otherwise, whether or not a plan has such things.

    >>> [override] = overrides_in("[targets.leads]\nlo = 8_000\nhi = 9000\nunit = 'leads/month'\n")
    >>> override.section, override.id, override.said
    ('targets', 'leads', (('lo', '8_000'), ('hi', '9000'), ('unit', "'leads/month'")))
    """
    root = read_document(text).root
    checker = Checker("")
    empty = Table(root.span)
    return OverrideReader(checker, empty, RangeReader(checker, {})).overrides(root, text.encode())


def write_overrides(overrides: Iterable[Override]) -> str:
    """The text that says some things otherwise."""
    return "\n".join(
        "\n".join([f"[{each.section}.{each.id}]", *(f"{key} = {value}" for key, value in each.said), ""])
        for each in overrides
    )


def say_otherwise(text: str, overrides: Iterable[Override]) -> str:
    r"""Say more things otherwise; one that was said before is said anew in its place.

    >>> few = Override("targets", "leads", (("lo", "5"), ("open", "true"), ("unit", '"leads/month"')))
    >>> print(say_otherwise("[targets.leads]\nlo = 8\nhi = 9\nunit = 'leads/month'\n", [few]))
    [targets.leads]
    lo = 5
    open = true
    unit = "leads/month"
    <BLANKLINE>
    """
    said = {(each.section, each.id): each for each in overrides_in(text)}
    return write_overrides((said | {(each.section, each.id): each for each in overrides}).values())


def leave_as_planned(text: str, section: str, override_id: str) -> str:
    """Say one thing no longer otherwise."""
    return write_overrides(each for each in overrides_in(text) if (each.section, each.id) != (section, override_id))


def written(values: Mapping[str, Fraction | str | bool | None]) -> tuple[tuple[str, str], ...]:
    """Values as a plan file writes them; those that are None are left out.

    >>> written({"lo": Fraction(1, 3), "hi": Fraction(1200), "open": None, "unit": "ratio"})
    (('lo', '"1/3"'), ('hi', '1200'), ('unit', '"ratio"'))
    """
    return tuple((key, _written(value)) for key, value in values.items() if value is not None)


def _written(value: Fraction | str | bool) -> str:  # noqa: FBT001  a value of the file
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    text = exact_text(value)
    return f'"{text}"' if "/" in text else text
