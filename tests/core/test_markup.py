"""Text with marks of the web, as it comes out of other systems: broken marks take no longer than whole ones."""

import time

import pytest

from caudal.core.markup import plain_text

MANY = 15_000


@pytest.mark.parametrize(
    "part",
    ['<a href="', "<a href='x>", "<!--", "<!-- x>", "<![CDATA[", "<?x ", "</b ", "<", "<b <", "<a x=<b y='>", "&", "<script>",
     '<a href="http://a.example">w', "<p>\n \n", "<style></", "&#x"],
)  # fmt: skip
def test_broken_marks_are_read_in_no_time(part: str) -> None:
    begun = time.process_time()
    plain_text("<b>" + part * MANY)
    plain_text("<b>" + part * MANY + "</a>" * MANY + ">")
    assert time.process_time() - begun < 5


def test_what_is_broken_stays_to_be_read() -> None:
    assert plain_text("<p>Offer < 500 € <b>soon") == "Offer < 500 € soon"
    assert plain_text('Call <b>Eva</b> at <a href="tel:') == 'Call Eva at <a href="tel:'
    assert plain_text("<!-- a <b>note</b> --><p>Seen</p><![if x]>!<![endif]>") == "Seen\n!"
    links = '<a href="https://a.example">one <a href="https://b.example">two</a>'
    assert plain_text(links) == "one (https://a.example)two (https://b.example)"
