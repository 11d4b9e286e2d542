"""A table of values knows its columns, its cards and its addresses."""

import pytest

from caudal.ui.tables import Cell, Column, Row, Table, query


def test_on_a_card_words_stand_left_and_figures_right_on_three_lines() -> None:
    columns = [Column(name) for name in "abcd"] + [Column(name, "number") for name in "wxyz"]
    assert [column.line for column in Table(columns).head] == [1, 2, 3, 0, 1, 2, 3, 0]


def test_a_column_that_chose_its_line_keeps_it_and_the_others_take_what_is_free() -> None:
    table = Table(
        (Column("deal"), Column("stage"), Column("owner"), Column("touched", "date", line=3), Column("id", line=0))
    )
    assert [column.line for column in table.head] == [1, 2, 0, 3, 0]


def test_a_plain_value_becomes_a_cell() -> None:
    [(_row, cells)] = Table((Column("deal"), Column("owner")), [Row(("Archive", Cell("Ana", href="/ana")))]).body
    assert [cell for _column, cell in cells] == [Cell("Archive"), Cell("Ana", href="/ana")]


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        _ = Table((Column("deal"),), [Row(("Archive", "Ana"))]).body


def test_an_address_changes_one_parameter_and_drops_another() -> None:
    assert query({"stage": "won", "page": "3"}, page=None, sort="name") == "?stage=won&sort=name"


def test_two_columns_on_one_place_of_a_card_are_our_mistake() -> None:
    with pytest.raises(ValueError, match="same side of the same line"):
        _ = Table(columns=[Column("Target", line=1), Column("State", "state", line=1)]).head


@pytest.mark.parametrize(
    ("currencies", "said"),
    [
        (("", "EUR", "EUR"), ["EUR", "", ""]),  # beside the names of the rows
        (("", "", "EUR"), ["", "", "EUR"]),
        (("", "EUR", "USD"), ["", "EUR", "USD"]),
        (("EUR", "EUR", ""), ["EUR", "", ""]),
        (("", "", ""), ["", "", ""]),
    ],
)
def test_a_currency_of_bare_figures_stands_in_the_header_once(currencies: tuple[str, ...], said: list[str]) -> None:
    columns = [Column(f"{at}", "money" if code else "text", currency=code) for at, code in enumerate(currencies)]
    assert [column.unit for column in Table(columns).head] == said
    own = Column("Month", unit="EUR"), Column("MRR", "money", currency="EUR"), Column("ARR", "money", currency="EUR")
    assert [column.unit for column in Table(own).head] == ["EUR", "", ""]
