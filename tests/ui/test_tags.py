"""The tags write what pages need: the value, its words for everybody, and nothing a browser would refuse."""

from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from django.template import Context, Template
from django.utils import translation

from caudal.core.money import Money
from caudal.ui.band import Band
from caudal.ui.formats import COUNT
from caudal.ui.icons import ICONS, SHAPES
from caudal.ui.sparkline import Sparkline
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.ui.templatetags.ui import TONES
from caudal.ui.timelines import Moment

NOW = datetime(2026, 3, 4, 15, 40, tzinfo=UTC)


def shown(template: str, **values: object) -> str:
    return Template(template).render(Context({"now": NOW, **values})).strip()


def test_money_is_shown_from_money_or_from_an_amount_with_its_currency() -> None:
    assert shown("{% money value %}", value=Money.of("-12.50", "EUR")) == '<span class="num">−€12.50</span>'
    assert shown('{% money value "EUR" whole=True %}', value=1200) == '<span class="num">€1,200</span>'
    assert shown("{{ value|money }}", value=Money.of("12.50", "EUR")) == "€12.50"


def test_what_nobody_knows_is_empty_and_what_does_not_apply_is_a_dash() -> None:
    assert shown("{% money value %}{% number value %}{% percent value %}{% date value %}", value=None) == ""
    assert "—" in shown("{% void %}")
    assert "not applicable" in shown("{% void %}")
    assert shown("{% number value %}", value=0) == '<span class="num">0</span>'


def test_a_day_carries_itself_for_machines_and_in_full_on_hover() -> None:
    assert shown("{% date value %}", value=date(2026, 3, 3)) == (
        '<time datetime="2026-03-03" title="Tuesday, March 3, 2026">yesterday</time>'
    )


def test_a_state_is_a_word_a_shape_and_a_colour() -> None:
    html = shown('{% state "4 days behind" "warn" %}')
    assert "tone-warn" in html
    assert SHAPES["warn"] in html
    assert "4 days behind" in html


def test_an_unknown_tone_is_shown_as_idle() -> None:
    assert "tone-idle" in shown('{% state "odd" "purple" %}')


def test_words_of_people_are_escaped_everywhere() -> None:
    evil = "<script>x</script>"
    table = Table(
        (Column("name"), Column("state", "state")), [Row((Cell(evil, note=evil), evil), href="/x")], caption=evil
    )
    html = shown(
        "{% state evil %}{% avatar evil %}{% table table %}{% timeline moments %}{% empty_state evil evil %}{% band band %}",
        evil=evil,
        table=table,
        moments=[Moment(NOW, evil, evil, body=evil)],
        band=Band(1, 2, label=evil),
    )
    assert "<script>" not in html


@pytest.mark.parametrize("language", ["en", "es"])
def test_drawings_are_well_formed_and_write_coordinates_with_a_point(language: str) -> None:
    with translation.override(language):
        html = shown(
            "{% band band scale=True caption=True %}", band=Band(Decimal("0.5"), None, 1, 2, Decimal("1.5"), COUNT)
        )
        html += shown("{% sparkline line %}", line=Sparkline((1, 3, 2), lo=1, unit=COUNT))
    tree = ET.fromstring(f"<root>{html}</root>")  # noqa: S314  our own markup
    coordinates = [
        value
        for element in tree.iter()
        for name, value in element.attrib.items()
        if name in {"x", "x1", "x2", "y", "cx", "cy", "width"}
    ]
    assert coordinates
    assert all(float(value) >= 0 for value in coordinates)


def test_a_band_tells_in_words_what_it_draws() -> None:
    html = shown("{% band band %}", band=Band(40, 60, 31, 52, 29, COUNT, "good", "on pace", "New customers"))
    assert 'aria-label="New customers, on pace, target 40 to 60, actual 31, projection 52, due today 29"' in html
    assert "no data yet" in shown("{% band band %}", band=Band(40, 60))


def test_every_icon_is_well_formed_and_every_tone_has_its_own_shape() -> None:
    for drawing in [*ICONS.values(), *SHAPES.values()]:
        ET.fromstring(f"<svg>{drawing}</svg>")  # noqa: S314  our own drawings
    assert set(TONES) == set(SHAPES)
    assert len(set(SHAPES.values())) == len(SHAPES)


def test_a_money_column_names_its_currency_once_in_the_header() -> None:
    columns = (Column("Deal"), Column("Amount", "money", unit="€", currency="EUR", whole=True))
    html = shown("{% table table %}", table=Table(columns, [Row(("Archive", Money.of(1280, "EUR")))]))
    assert '<span class="num">1,280</span>' in html
    assert '<span class="unit">€</span>' in html
