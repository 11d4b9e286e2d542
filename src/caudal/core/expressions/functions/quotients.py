"""Numbers in SQL: quotients of numerics that are never divided before they leave."""

from collections.abc import Callable, Sequence

from caudal.core.expressions.terms import PLACES, Quotient


def times(*factors: str) -> str:
    """The product of some texts; empty ones stand for 1."""
    written = [factor for factor in factors if factor]
    return f"({' * '.join(written)})" if len(written) > 1 else "".join(written)


def added(a: Quotient, b: Quotient, sign: str = "+") -> Quotient:
    """`a + b`, or `a - b`."""
    if a.below == b.below:
        return Quotient(f"({a.above} {sign} {b.above})", a.below)
    return Quotient(f"({times(a.above, b.below)} {sign} {times(b.above, a.below)})", times(a.below, b.below))


def multiplied(a: Quotient, b: Quotient) -> Quotient:
    """`a * b`."""
    return Quotient(times(a.above, b.above), times(a.below, b.below))


def divided(a: Quotient, b: Quotient) -> Quotient:
    """`a / b`; null where b is zero. The sign moves up, so denominators stay positive."""
    return Quotient(
        times(a.above, b.below, f"sign({b.above})"),
        times(a.below, f"nullif(abs({b.above}), 0)"),
    )


def compared(a: Quotient, b: Quotient, operator: str) -> str:
    """`a < b` and its kin, crosswise."""
    if a.below == b.below == "":
        return f"({a.above} {operator} {b.above})"
    return f"({times(a.above, b.below)} {operator} {times(b.above, a.below)})"


def is_null(a: Quotient) -> str:
    """True where the number is null."""
    return f"({a.above} is null or {a.below} is null)" if a.below else f"({a.above} is null)"


def chosen(numbers: Sequence[Quotient], choose: Callable[[Sequence[str]], str]) -> Quotient:
    """One of some numbers: `choose` writes the CASE over texts, once for numerators and once for denominators."""
    belows = [number.below for number in numbers]
    above = choose([number.above for number in numbers])
    if len(set(belows)) == 1:
        return Quotient(above, belows[0])
    return Quotient(above, choose([below or "1" for below in belows]))


def rounded(a: Quotient, places: int) -> Quotient:
    """To `places` digits after the point (before it when negative), halves away from zero."""
    if not a.below:
        return Quotient(f"round({a.above}, {places})")
    scale = f"1{'0' * abs(places)}"
    up, down = (scale, "") if places > 0 else ("", scale if places else "")
    doubled = times("2", f"abs({a.above})", up)
    whole = f"div({doubled} + {times(a.below, down)}, {times('2', a.below, down)})"
    back = f"0.{'0' * (places - 1)}1" if places > 0 else down
    return Quotient(times(f"sign({a.above})", whole, back))


def floored(a: Quotient) -> Quotient:
    """The largest whole number that is not larger."""
    if not a.below:
        return Quotient(f"floor({a.above})")
    whole = f"div({a.above}, {a.below})"
    return Quotient(f"({whole} - case when {a.above} < {times(whole, a.below)} then 1 else 0 end)")


def cut(a: Quotient) -> str:
    """The whole part, towards zero."""
    return f"div({a.above}, {a.below})" if a.below else f"trunc({a.above})"


def left(a: Quotient) -> str:
    """The number as one numeric, where it leaves SQL: rounded to 18 places, exactly."""
    return rounded(a, PLACES).above
