"""The band draws a target and its figures where they are, whatever the numbers."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from caudal.ui.band import FARTHEST, MARGIN, Band, Exact, draw

figures = st.one_of(st.none(), st.integers(-(10**9), 10**9), st.fractions(-1000, 1000, max_denominator=97))


def band_of(
    one: Exact | None, other: Exact | None, actual: Exact | None, projection: Exact | None, pace: Exact | None
) -> Band:
    lo, hi = sorted((one, other)) if one is not None and other is not None else (one, other)
    return Band(lo, hi, actual, projection, pace)


bands = st.builds(band_of, figures, figures, figures, figures, figures)


@given(bands, st.integers(60, 900))
def test_everything_lies_on_the_track(band: Band, width: int) -> None:
    drawing = draw(band, width=width)
    places = [drawing.target_x, drawing.target_x + drawing.target_width, *drawing.edges]
    places += [mark.x for mark in (drawing.actual, drawing.projection, drawing.pace) if mark]
    places += [step.x + step.width for step in drawing.fade]
    assert all(MARGIN <= place <= width - MARGIN for place in places)
    assert drawing.target_width >= 0
    assert all(step.width >= 0 and 0 < step.opacity < 1 for step in drawing.fade)


@given(bands)
def test_a_larger_figure_never_lies_further_left(band: Band) -> None:
    drawing = draw(band)
    placed = sorted(
        (Fraction(value), mark.x)
        for value, mark in (
            (band.actual, drawing.actual),
            (band.projection, drawing.projection),
            (band.pace, drawing.pace),
        )
        if value is not None and mark
    )
    assert [x for _value, x in placed] == sorted(x for _value, x in placed)


@given(bands)
def test_only_what_is_far_beyond_the_target_is_drawn_as_an_arrow(band: Band) -> None:
    drawing = draw(band)
    for value, mark in ((band.actual, drawing.actual), (band.projection, drawing.projection)):
        if value is not None and mark and mark.beyond:
            top = max(Fraction(end) for end in (band.lo, band.hi) if end is not None)
            assert top > 0
            assert value > top * FARTHEST or value < 0


def test_an_open_target_from_zero_leaves_the_scale_to_the_figures() -> None:
    # "0 or more" with an actual of 7: the track runs to 7.7, and 7 stands on it instead of as an arrow past 1.
    drawing = draw(Band(lo=0, hi=None, actual=7))
    assert drawing.actual is not None
    assert (drawing.actual.beyond, drawing.end) == (False, Fraction(77, 10))


def test_a_closed_target_is_one_shade_between_two_edges() -> None:
    # The track runs from 0 to 66 (60 and a tenth more) over 200 units from 2: 20 lies at 2 + 60.6, 60 at 2 + 181.8.
    drawing = draw(Band(lo=20, hi=60), width=204)
    assert (drawing.target_x, drawing.target_width) == (Decimal("62.6"), Decimal("121.2"))
    assert drawing.edges == (Decimal("62.6"), Decimal("183.8"))
    assert drawing.fade == ()


def test_an_open_end_fades_out_to_the_end_of_the_track() -> None:
    drawing = draw(Band(lo=40), width=204)
    assert len(drawing.edges) == 1
    assert drawing.fade[0].x == drawing.target_x + drawing.target_width
    assert drawing.fade[-1].x + drawing.fade[-1].width == drawing.right
    opacities = [step.opacity for step in drawing.fade]
    assert opacities == sorted(opacities, reverse=True)


def test_a_target_without_a_lower_end_is_shaded_from_the_start() -> None:
    drawing = draw(Band(hi=30, actual=20))
    assert drawing.target_x == drawing.left
    assert drawing.fade == ()


def test_a_figure_of_five_times_the_target_becomes_an_arrow_at_the_end() -> None:
    drawing = draw(Band(lo=8000, hi=12_000, actual=61_000))
    assert drawing.actual is not None
    assert drawing.actual.beyond
    assert drawing.actual.x == drawing.right


def test_without_target_and_figures_an_empty_track_is_left() -> None:
    drawing = draw(Band())
    assert drawing.target_width == 0
    assert drawing.edges == ()
    assert drawing.actual is None
