"""A visitor without a browser: comes in by a sign-in link and reads the first page, as a person would."""

import re
import urllib.error
import urllib.parse
import urllib.request
from html import unescape
from http.cookiejar import CookieJar
from typing import Final

from caudal.core.errors import Problem, msg

TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
TITLE: Final = re.compile(r"<title>(.*?)</title>", re.DOTALL)
SECONDS_MAX: Final = 30


class NoAnswer(Problem):
    """A page did not come."""

    code = "visit.no_answer"
    status = 502
    message = msg("{address} did not answer as it should: {reason}.")
    hint = msg("The words of the web server are above.")


def visit(link: str) -> str:
    """Use a sign-in link up and return the title of the page it leads to. Raises NoAnswer."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    _, door = read(opener, link)
    found = TOKEN.search(door)
    if found is None:
        raise NoAnswer(address=link, reason=msg("there is no button to come in by"))
    address, page = read(opener, link, data=urllib.parse.urlencode({"csrfmiddlewaretoken": found[1]}).encode())
    title = TITLE.search(page)
    if title is None or urllib.parse.urlsplit(address).path != "/":
        raise NoAnswer(address=link, reason=msg("it led to {address}").format(address=address))
    return " ".join(unescape(title[1]).split())


def read(opener: urllib.request.OpenerDirector, address: str, data: bytes | None = None) -> tuple[str, str]:
    """Fetch a page, following redirections; return where it was in the end, and its text. Raises NoAnswer."""
    try:
        with opener.open(address, data, SECONDS_MAX) as answer:
            return answer.geturl(), answer.read().decode()
    except (OSError, urllib.error.URLError) as error:
        raise NoAnswer(address=address, reason=error) from error
