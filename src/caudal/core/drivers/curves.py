"""Curves of what spending brings, written as expressions with units: so the tree computes them like any formula."""

from fractions import Fraction

from caudal.core.expressions import Apply, Literal, Name, Node
from caudal.core.expressions import Unit as TermUnit
from caudal.core.plans import Curve, Response, term_unit


def curve_syntax(curve: Response, money: TermUnit) -> Node:
    """The expression of a curve over the driver that is spent, whose unit is `money`.

    It speaks of the spend in parts of what is known, so that powers are of plain numbers.
    """
    if curve.curve is Curve.PIECES:
        return _pieces(curve, money)
    spend, most, half = Name(curve.spend), literal(curve.most, term_unit(curve.unit)), literal(curve.half, money)
    if curve.curve is Curve.SATURATION:
        return Apply("/", (Apply("*", (most, spend)), Apply("+", (half, spend))))
    part = Apply("/", (spend, half))
    if curve.curve is Curve.EXPONENTIAL:
        left = Apply("pow", (literal(Fraction(1, 2)), part))
        return Apply("*", (most, Apply("-", (literal(Fraction(1)), left))))
    raised = Apply("pow", (part, literal(curve.power)))
    if curve.curve is Curve.POWER:
        return Apply("*", (most, raised))
    return Apply("/", (Apply("*", (most, raised)), Apply("+", (literal(Fraction(1)), raised))))


def _pieces(curve: Response, money: TermUnit) -> Node:
    """The sum of what each piece brings for the part of it that is spent."""
    total: Node | None = None
    for start, length, brought in curve.pieces:
        beyond = Apply("-", (Name(curve.spend), literal(start, money)))
        inside = Apply("min", (Apply("max", (beyond, literal(Fraction(0), money))), literal(length, money)))
        piece = Apply("/", (Apply("*", (literal(brought, term_unit(curve.unit)), inside)), literal(length, money)))
        total = piece if total is None else Apply("+", (total, piece))
    assert total is not None, "a curve in pieces has one"  # noqa: S101  our own mistake
    return total


def literal(value: Fraction, unit: TermUnit | None = None) -> Node:
    """A number with its unit; one that does not end after the point as a quotient."""
    above = Literal(Fraction(value.numerator), unit) if unit is not None else Literal(Fraction(value.numerator))
    return above if value.denominator == 1 else Apply("/", (above, Literal(Fraction(value.denominator))))
