"""The rail shows what the reader may open, and where they are."""

from caudal.kit.panels import NavItem
from caudal.ui.navigation import is_under, rail

ITEMS = (
    NavItem(section="measure", label="Components", url_name="ui:components", order=1, noun="metric"),
    NavItem(section="settings", label="Sign in", url_name="account_login", order=2, noun="member"),
    NavItem(section="settings", label="Password", url_name="account_change_password", order=3, noun="member"),
    NavItem(section="plan", label="Elsewhere", url_name="no-such-page", order=4, noun="plan"),
)


def test_sections_come_in_their_order_and_an_empty_one_stays_away() -> None:
    groups = rail(ITEMS, path="/", may_open=lambda _item: True)
    assert [group.section.value for group in groups] == ["measure", "settings"]
    assert groups[1].href == groups[1].links[0].href


def test_what_the_reader_may_not_open_is_not_shown() -> None:
    groups = rail(ITEMS, path="/", may_open=lambda item: item.noun == "metric")
    assert [link.label for group in groups for link in group.links] == ["Components"]


def test_the_longest_address_above_the_page_is_the_current_one() -> None:
    groups = rail(ITEMS, path="/accounts/password/change/", may_open=lambda _item: True)
    assert [link.label for group in groups for link in group.links if link.current] == ["Password"]
    assert [group.current for group in groups] == [False, True]


def test_a_page_is_under_itself_and_its_parents_but_not_under_the_root() -> None:
    assert is_under("/deals", "/deals")
    assert is_under("/deals/7", "/deals")
    assert not is_under("/dealsheet", "/deals")
    assert not is_under("/deals", "/")
