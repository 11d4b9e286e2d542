"""The sparkline breaks at gaps and stays inside its box."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from caudal.ui.sparkline import HEIGHT, MARGIN, WIDTH, Sparkline, draw

series = st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), max_size=40).map(tuple)


@given(series)
def test_every_point_lies_inside_the_box(values: tuple[int | None, ...]) -> None:
    drawing = draw(Sparkline(values, lo=-5, hi=5))
    points = [tuple(Decimal(part) for part in pair.split(",")) for run in drawing.runs for pair in run.split()]
    points += [*drawing.dots, *([drawing.last] if drawing.last else [])]
    assert all(MARGIN <= x <= WIDTH - MARGIN and MARGIN <= y <= HEIGHT - MARGIN for x, y in points)


@given(series)
def test_every_known_value_is_drawn_once(values: tuple[int | None, ...]) -> None:
    drawing = draw(Sparkline(values))
    drawn = sum(len(run.split()) for run in drawing.runs) + len(drawing.dots)
    known = sum(value is not None for value in values)
    last_is_alone = known > 0 and not (
        drawing.runs and drawing.last and drawing.runs[-1].split()[-1] == pair(drawing.last)
    )
    assert drawn + last_is_alone == known


def pair(point: tuple[Decimal, Decimal]) -> str:
    return ",".join(f"{part.normalize():f}" for part in point)


def test_a_gap_breaks_the_line() -> None:
    assert len(draw(Sparkline((1, 2, None, 3, 4))).runs) == 2


def test_a_flat_series_runs_through_the_middle() -> None:
    drawing = draw(Sparkline((7, 7, 7)), width=106, height=26)
    assert drawing.runs == ("3,13 53,13 103,13",)


def test_the_shade_spans_the_target() -> None:
    # Values from 0 to 10 over 20 units from the bottom at 23: 10 lies at 3, 5 at 13.
    assert draw(Sparkline((0, 10), lo=5, hi=10), width=106, height=26).shade == (Decimal(3), Decimal(10))


def test_a_series_nobody_knows_draws_nothing() -> None:
    drawing = draw(Sparkline((None, None)))
    assert (drawing.runs, drawing.last) == ((), None)
