"""The one way out by HTTP: vetted addresses only, no redirects, bounded time and size.

A name is resolved once, every address it has must be public, and the connection goes to the address that was vetted,
so an answer that changes between the check and the use (DNS rebinding) reaches nothing. Numbers written as octal,
decimal or hexadecimal resolve like any name and are judged by what they resolve to.
"""

import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import urlsplit, urlunsplit

import httpx

from caudal.core.errors import Problem, msg

BODY_BYTES_MAX: Final = 10 * 1024 * 1024
TRANSLATED: Final = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""IPv6 ranges that carry an IPv4 address inside and count as public in themselves."""


class AddressRefused(Problem):
    """The address is not one that this installation may call."""

    code = "http.address_refused"
    status = 422
    message = msg("“{url}” leads to a private or reserved address.")
    hint = msg("Give a public https address.")


class Unreachable(Problem):
    """Nothing answered in time."""

    code = "http.unreachable"
    status = 502
    message = msg("“{host}” did not answer.")
    hint = msg("Try again later, or check the address.")


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back: a status, lower-case headers, and at most 10 MiB of body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http(Protocol):
    """Sends one request and returns the answer."""

    def send(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> HttpAnswer:
        """Send a request. Raises AddressRefused or Unreachable."""


@dataclass(frozen=True, slots=True)
class OutboundHttp:
    """The real way out."""

    timeout_seconds: float = 20
    allowed: frozenset[str] = frozenset()
    """Addresses that are let through although they are not public, without encryption too: of one's own network."""
    schemes: frozenset[str] = frozenset({"https"})

    def send(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> HttpAnswer:
        """Send a request to a vetted address. Raises AddressRefused or Unreachable."""
        parts = urlsplit(url)
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username or parts.password:
            raise AddressRefused(url=url)
        address = self._vetted(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), url)
        if parts.scheme not in self.schemes and address not in self.allowed:
            raise AddressRefused(url=url)
        literal = f"[{address}]" if ":" in address else address
        target = urlunsplit(parts._replace(netloc=literal if parts.port is None else f"{literal}:{parts.port}"))
        deadline = time.monotonic() + self.timeout_seconds
        sent = {**(headers or {}), "Host": parts.netloc}
        try:
            with (
                httpx.Client(timeout=self.timeout_seconds, follow_redirects=False, trust_env=False) as client,
                client.stream(
                    method, target, headers=sent, content=body, extensions={"sni_hostname": parts.hostname}
                ) as answer,
            ):
                return HttpAnswer(answer.status_code, dict(answer.headers), _bounded(answer, deadline))
        except httpx.HTTPError as error:
            raise Unreachable(host=parts.hostname) from error

    def _vetted(self, host: str, port: int, url: str) -> str:
        try:
            found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        except (OSError, UnicodeError) as error:
            raise Unreachable(host=host) from error
        if not found or not all(address in self.allowed or is_public(address) for address in found):
            raise AddressRefused(url=url)
        return min(found)


def is_public(address: str) -> bool:
    """Say whether an address belongs to the public internet and to nothing else.

    >>> [is_public(a) for a in ("93.184.216.34", "10.0.0.1", "100.64.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1")]
    [True, False, False, False, False]
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        elif any(parsed in network for network in TRANSLATED):
            return False
    return parsed.is_global and not parsed.is_multicast


def _bounded(answer: httpx.Response, deadline: float) -> bytes:
    """Return the body as far as it is taken: whoever answers drop by drop is left after the time-out all the same."""
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer does not end")
        if len(body) > BODY_BYTES_MAX:
            return bytes(body[:BODY_BYTES_MAX])
    return bytes(body)


@dataclass(slots=True)
class NullHttp:
    """No network: every request is kept and answered with the next prepared answer, or 204."""

    answers: list[HttpAnswer] = field(default_factory=list)
    sent: list[tuple[str, str, bytes]] = field(default_factory=list)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,  # noqa: ARG002  the port's signature
        body: bytes = b"",
    ) -> HttpAnswer:
        """Keep the request and return the next prepared answer."""
        self.sent.append((method, url, body))
        return self.answers.pop(0) if self.answers else HttpAnswer(204, {}, b"")
