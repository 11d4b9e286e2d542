"""Addresses of people who were erased: they do not come back unnoticed."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.crm.actions.checking import Reader
from caudal.crm.events.subjects import AddressReleased
from caudal.crm.models import ForgottenAddress
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish

WAS_ERASED = msg("Whoever has this address asked to be forgotten. An administrator can release it if they come again.")


class NotForgotten(Problem):
    """Nobody with this address was erased."""

    code = "address.not_forgotten"
    status = 404
    message = msg("Nobody with the address {email} was erased, or the address was released already.")


def hashed(address: str) -> str:
    """Return what is kept of an address: a hash that only this installation can make."""
    return hmac.new(settings.SECRET_KEY.encode(), address.strip().lower().encode(), hashlib.sha256).hexdigest()


def refuse_forgotten(reader: Reader, addresses: Mapping[int, Iterable[str | None]], place: str = "email") -> None:
    """Refuse the rows in which an address of somebody stands who was erased, in one look."""
    by_hash = {hashed(each): row for row, several in addresses.items() for each in several if each}
    found = ForgottenAddress.objects.filter(address_hash__in=list(by_hash), released_at=None)
    for known in found.values_list("address_hash", flat=True):
        reader.refuse(place, WAS_ERASED, by_hash[known])


def forget_addresses(*, actor: Actor, as_of: datetime, addresses: Iterable[str]) -> int:
    """Keep hashes of addresses, and return how many are new."""
    rows = [
        ForgottenAddress(address_hash=each, forgotten_at=as_of, forgotten_by=actor.id)
        for each in sorted({hashed(address) for address in addresses})
    ]
    before = ForgottenAddress.objects.count()
    ForgottenAddress.objects.bulk_create(rows, ignore_conflicts=True)
    return ForgottenAddress.objects.count() - before


@action
def release_address(*, actor: Actor, as_of: datetime, address: str) -> None:
    """Let an address be written down again, since whoever has it came by themselves. Raises NotForgotten."""
    require(actor, "subject", Verb.CHANGE)
    row = ForgottenAddress.objects.select_for_update().filter(address_hash=hashed(address), released_at=None).first()
    if row is None:
        raise NotForgotten(email=address.strip())
    row.released_at, row.released_by = as_of, actor.id
    row.save(update_fields=["released_at", "released_by"])
    publish(AddressReleased(subject=Ref("address", row.pk)), actor=actor, occurred_at=as_of)
