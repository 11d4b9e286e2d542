"""What the values of the catalogue must be, told for all fields at once."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeVar

from caudal.catalog.offline import is_keepable
from caudal.core.decimals import plain_decimal
from caudal.core.errors import msg
from caudal.kit.problems import BadInput

CODE: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}", re.ASCII)
PERCENT_MAX: Final = 100
PERCENT_PLACES: Final = 4
STEPS_MAX: Final = 20
NAME_MAX: Final = 120
T = TypeVar("T")


def named(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with their name and code tidied. Raises BadInput."""
    checked = keepable(values)
    wrong = {}
    if "name" in checked:
        checked["name"] = " ".join(checked["name"].split())
        if not 1 <= len(checked["name"]) <= NAME_MAX:
            wrong["name"] = msg("Give it a name of at most 120 characters.")
    if "code" in checked:
        checked["code"] = checked["code"].strip().lower()
        if not CODE.fullmatch(checked["code"]):
            wrong["code"] = msg("A code is made of letters from a to z, digits, points, hyphens and underscores.")
    if wrong:
        raise BadInput(wrong)
    return checked


def keepable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values whose texts the database can keep. Raises BadInput."""
    wrong = {
        name: msg("There is a character in it that cannot be kept.")
        for name, value in values.items()
        if isinstance(value, str) and not is_keepable(value)
    }
    if wrong:
        raise BadInput(wrong)
    return dict(values)


def one_of(values: Mapping[str, Any], **choices: Iterable[str]) -> None:
    """Refuse values that are not among their choices. Raises BadInput."""
    wrong = {
        name: msg("There is no such choice.")
        for name, allowed in choices.items()
        if name in values and values[name] not in set(allowed)
    }
    if wrong:
        raise BadInput(wrong)


def percent(value: Decimal, field: str) -> Decimal:
    """Return a percentage from 0 to 100 of at most four decimals. Raises BadInput."""
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else PERCENT_PLACES + 1
    if not value.is_finite() or not 0 <= value <= PERCENT_MAX or places > PERCENT_PLACES:
        raise BadInput({field: msg("Write a percentage from 0 to 100, with at most four decimals.")})
    return value


def steps(given: Iterable[tuple[int, Decimal]], field: str, most: int) -> list[tuple[int, Decimal]]:
    """Return steps of a number and a percentage by number, each number once. Raises BadInput."""
    found = sorted((number, percent(discount, field)) for number, discount in given)
    numbers = [number for number, _ in found]
    if len(numbers) > STEPS_MAX or len(set(numbers)) != len(numbers):
        raise BadInput({field: msg("Say each step once, and at most twenty of them.")})
    if any(not 1 <= number <= most for number in numbers):
        raise BadInput({field: msg("A step begins at a whole number from 1.")})
    return found


def told(given: Iterable[tuple[int, Decimal]]) -> list[list[str]]:
    """Return steps as facts tell them."""
    return [[str(number), plain_decimal(discount)] for number, discount in given]


def once(given: Iterable[T]) -> list[T]:
    """Return what was given without repetitions, in its order."""
    return list(dict.fromkeys(given))
