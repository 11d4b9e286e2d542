"""What can be chosen in a form that sells something: offerings, and bundles as one choice."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from caudal.billing.queries import Wanted, of_bundle

if TYPE_CHECKING:
    from caudal.catalog.models import Bundle, Offering


class Sellable:
    """Offerings and bundles, as one field offers them."""

    def __init__(self, offerings: "Iterable[Offering]", bundles: "Iterable[Bundle]", *, once: bool) -> None:
        """Keep what is paid once, or what recurs: a bundle recurs when any of its parts does."""
        self.offerings = [(str(each.pk), each.name) for each in offerings]
        self.bundles = {
            str(each.ref): each
            for each in bundles
            if all(part.offering.interval == "once" for part in each.parts.all()) == once
        }

    def choices(self) -> list[Any]:
        """Return what a field offers, bundles under a heading of their own."""
        together = [(key, each.name) for key, each in self.bundles.items()]
        return [*self.offerings, (_("Bundles"), together)] if together else list(self.offerings)

    def check(self, form: forms.Form, chosen: str, field: str, count: Decimal | None) -> None:
        """Tell at a field that bundles are bought whole."""
        if chosen in self.bundles and count is not None and (count % 1 or count < 1):
            form.add_error(field, _("Bundles are bought in whole numbers."))

    def wanted(self, chosen: str, count: Decimal, said: Mapping[str, Any]) -> list[Wanted]:
        """Return what is wanted of whoever chose one of them."""
        if chosen in self.bundles:
            return of_bundle(self.bundles[chosen], count=int(count), **said)
        return [Wanted(UUID(chosen), count, **said)]
