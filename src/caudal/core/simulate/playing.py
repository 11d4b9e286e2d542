"""The numbers of a tree for many values of its drivers at once, month by month."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

import numpy as np

from caudal.core.drivers import BEFORE, Node, Tree
from caudal.core.expressions import Call, Constant, Term, Variable
from caudal.core.simulate.quantiles import Floats

Values: TypeAlias = Mapping[str, Floats]

_ROUND_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Played:
    """One month: the numbers by id, and which of them are not the ones of the month before."""

    month: int
    values: Values
    fresh: frozenset[str]


def play(tree: Tree, drivers: Values, months: int, *, only: str | None = None) -> Iterator[Played]:
    """Play the months of a tree for drivers whose full values are given, each an array over runs.

    What cannot be computed, such as a quotient by zero, is not a number. With `only`, the id of one number, nothing is
    computed that it does not rest on.
    """
    nodes = tuple(node for node in tree.nodes if only is None or node.id == only or only in tree.above[node.id])
    given = tuple(node for node in nodes if node.driver is not None)
    steady, ramped = _steady(tree)
    last: dict[str, Floats] = {}
    levels: tuple[float, ...] = ()
    for month in range(1, months + 1):
        earlier = levels
        levels = tuple(1.0 if node.ramp is None else float(tree.level(node, month)) for node in given)
        moved = {
            node.id
            for node, level, before in zip(given, levels, earlier or (np.nan,) * len(levels), strict=True)
            if level != before
        }
        values: dict[str, Floats] = {}
        fresh: set[str] = set()
        with np.errstate(all="ignore"):
            for node, level in zip(given, levels, strict=True):
                values[node.id] = drivers[node.id] * level if node.ramp is not None else drivers[node.id]
            for node in nodes:
                same = month > 1 and node.id in steady and not (ramped[node.id] & moved)
                if node.driver is None:
                    values[node.id] = last[node.id] if same else _computed(tree, node, values, last)
                if not same:
                    fresh.add(node.id)
        yield Played(month, values, frozenset(fresh))
        last = values


def _steady(tree: Tree) -> tuple[frozenset[str], Mapping[str, frozenset[str]]]:
    """Numbers that nothing of the month before goes into, and the drivers that each number rests on."""
    steady: set[str] = set()
    rests: dict[str, frozenset[str]] = {}
    for node in tree.nodes:
        if node.driver is not None:
            steady.add(node.id)
            rests[node.id] = frozenset({node.id})
            continue
        rests[node.id] = frozenset().union(*(rests[name] for name in node.inputs))
        if not node.before and all(name in steady for name in node.inputs):
            steady.add(node.id)
    return frozenset(steady), rests


def _computed(tree: Tree, node: Node, values: Values, last: Values) -> Floats:
    assert node.term is not None, "what is no driver is computed"  # noqa: S101  our mistake
    size = next(iter(values.values())).shape if values else (1,)
    known = dict(values)
    for name in node.before:
        starts = tree.by_id[name].starts
        if last:
            known[f"{name}{BEFORE}"] = last[name]
        elif starts is not None:
            known[f"{name}{BEFORE}"] = np.broadcast_to(evaluated(starts, values), size)
        else:
            known[f"{name}{BEFORE}"] = np.full(size, np.nan)
    return np.asarray(np.broadcast_to(evaluated(node.term, known), size), dtype=np.float64)


def evaluated(term: Term, values: Values) -> Any:
    """A term over arrays; null is not a number."""
    match term:
        case Constant(value=value):
            return np.nan if value is None else float(value) if isinstance(value, Fraction) else value
        case Variable(name=name):
            return values[name]
        case Call(function=function, arguments=arguments):
            return _FUNCTIONS[function.name](*(evaluated(argument, values) for argument in arguments))
    raise TypeError(f"a formula has no {term}")


def _quotient(above: Any, below: Any) -> Any:
    divided = np.divide(above, below)
    return divided if np.all(below) else np.where(np.equal(below, 0), np.nan, divided)


def _rounded(value: Any, places: float = 0) -> Any:
    """Halves away from zero."""
    factor = 10.0**places
    return np.sign(value) * np.floor(np.abs(value) * factor + _ROUND_HALF) / factor


def _least(*values: Any) -> Any:
    found = values[0]
    for value in values[1:]:
        found = np.minimum(found, value)
    return found


def _most(*values: Any) -> Any:
    found = values[0]
    for value in values[1:]:
        found = np.maximum(found, value)
    return found


def _first_known(*values: Any) -> Any:
    found = values[-1]
    for value in reversed(values[:-1]):
        found = np.where(np.isnan(value), found, value)
    return found


_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "+": np.add,
    "-": np.subtract,
    "unary -": np.negative,
    "*": np.multiply,
    "/": _quotient,
    "min": _least,
    "max": _most,
    "abs": np.abs,
    "round": _rounded,
    "floor": np.floor,
    "ceil": np.ceil,
    "pow": np.power,
    "ln": np.log,
    "exp": np.exp,
    "log_ratio": lambda one, other: _quotient(np.log(one), np.log(other)),
    "compound": lambda rate, times: np.power(1 + rate, times) - 1,
    "if": np.where,
    "coalesce": _first_known,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "between": lambda value, low, high: np.logical_and(value >= low, value <= high),
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
"""What each function of a formula does to arrays."""
