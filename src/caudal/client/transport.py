"""One request and its answer: keys, versions, repeating what is safe to repeat, problems as exceptions."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, Self, TypeAlias
from urllib.parse import quote
from uuid import uuid4

import httpx

Version: TypeAlias = int | Literal["*"] | None
"""The version of a record that a change was made from; "*" goes over whatever is there."""

TRIES: Final = 5
WAIT_SECONDS: Final = 0.2
WAIT_SECONDS_MAX: Final = 30.0
WORTH_REPEATING: Final = frozenset({429, 502, 503, 504})
NO_CONTENT: Final = 204


class ProblemError(Exception):
    """The API refused: `code` and `status` say what, `title` and `hint` say why and the way out.

    `fields` tells what is wrong with which field of the body.
    """

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(body.get("code", ""))
        self.title = str(body.get("title", ""))
        self.hint = str(body.get("hint", ""))
        self.fields: dict[str, str] = dict(body.get("fields") or {})
        told = "; ".join(f"{name}: {said}" for name, said in self.fields.items())
        super().__init__(" ".join(part for part in (self.title, told, self.hint, f"({status} {self.code})") if part))


class Unreachable(Exception):  # noqa: N818  named by what it tells
    """Nobody answered, also when asked again. Whether a write took effect is not known; its key may be sent again."""


class Transport:
    """Sends requests with a key, again where that is safe: every write carries an Idempotency-Key of its own."""

    def __init__(
        self,
        base_url: str,
        *,
        key: str,
        timeout_seconds: float = 30,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url.rstrip("/"),
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            timeout=timeout_seconds,
            transport=transport,
        )
        self._sleep = sleep

    def __enter__(self) -> Self:
        """Keep connections until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close them."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        version: Version = None,
        merge: bool = False,
        idempotency_key: str | None = None,
    ) -> Any:
        """Return what the API answers, None for an empty answer. Raises ProblemError, Unreachable.

        What is not JSON comes as bytes. Changes of a record name the `version` that they were made from; one that
        somebody has changed since is refused, with `merge` only where they changed the same fields. An
        `idempotency_key` of one's own makes a write safe to repeat in another run of the program.
        """
        headers: dict[str, str] = {}
        if method != "GET":
            headers["Idempotency-Key"] = idempotency_key or str(uuid4())
        if version is not None:
            headers["If-Match"] = "*" if version == "*" else f'"{version}"'
        if merge:
            headers["Prefer"] = "merge"
        answer = self._answer(method, path, params=_query(query), json=body, files=files, headers=headers)
        if answer.is_success:
            return _content(answer)
        raise ProblemError(answer.status_code, _problem(answer))

    def pages(self, path: str, *, query: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """Return every item of a list, page after page, as they are asked for."""
        asked = dict(query or {})
        while True:
            found = self.send("GET", path, query=asked)
            yield from found["items"]
            if not found.get("next"):
                return
            asked["cursor"] = found["next"]

    def _answer(self, method: str, path: str, **parts: Any) -> httpx.Response:
        wait = WAIT_SECONDS
        for left in reversed(range(TRIES)):
            try:
                answer = self._http.request(method, path, **parts)
            except httpx.TransportError as error:
                if not left:
                    raise Unreachable(f"{method} {path}: {error}") from error
            else:
                if not left or answer.status_code not in WORTH_REPEATING:
                    return answer
                wait = _asked_wait(answer, wait)
            self._sleep(wait)
            wait = min(wait * 2, WAIT_SECONDS_MAX)
        raise AssertionError("the last try returns or raises")


class Resource:
    """The routes of one kind of record."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _send(self, method: str, path: str, **asked: Any) -> Any:
        return self._transport.send(method, path, **asked)

    def _pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
        return self._transport.pages(path, query=query)


def quoted(part: str) -> str:
    """Return a part of an address with nothing in it that could lead elsewhere."""
    return quote(part, safe="")


def _query(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """A query without what was not said; truth as JSON writes it."""
    return {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in (given or {}).items()
        if value is not None
    }


def _asked_wait(answer: httpx.Response, otherwise: float) -> float:
    """The seconds that a server asks for, within reason."""
    told = answer.headers.get("Retry-After", "")
    return min(float(told), WAIT_SECONDS_MAX) if told.isdecimal() else otherwise


def _content(answer: httpx.Response) -> Any:
    if answer.status_code == NO_CONTENT:
        return None
    return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.content


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"title": answer.reason_phrase}
