"""Web domains: what was typed as the host alone, and the part of it that somebody registered."""

from functools import cache
from importlib.resources import files

from publicsuffixlist import PublicSuffixList

WWW = "www."


def host_of(typed: str) -> str:
    """Return the host that an address, an e-mail address or a domain names, in small letters; nothing for none.

    >>> host_of(" https://www.Acme.co.uk/en?x=1 "), host_of("eva@acme.es"), host_of("Acme.com.")
    ('acme.co.uk', 'acme.es', 'acme.com')
    """
    text = typed.strip().lower()
    text = text.partition("://")[2] or text
    for end in "/?#":
        text = text.partition(end)[0]
    text = text.rpartition("@")[2].partition(":")[0]
    return text.rstrip(".").removeprefix(WWW)


def family_domain(host: str) -> str:
    """Return the registered domain above a host, by which companies of one family are told; nothing for shared ones.

    A mailbox provider's domain belongs to everybody, and a public suffix to nobody.

    >>> family_domain("shop.acme.co.uk"), family_domain("gmail.com"), family_domain("co.uk")
    ('acme.co.uk', '', '')
    """
    registered = str(_suffixes().privatesuffix(host_of(host)) or "")
    return "" if registered in free_mail() else registered


@cache
def free_mail() -> frozenset[str]:
    """Return the domains where anybody may have a mailbox."""
    lines = files("caudal.kit").joinpath("data/free_mail.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)
