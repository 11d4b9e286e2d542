"""What an offering includes, as its form changes it: add-ons, features and discounts by quantity."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from caudal.catalog import actions, queries
from caudal.catalog.forms.contents import AddOnsForm, FeaturesForm, VolumeForm
from caudal.catalog.models import Offering, OfferingRole
from caudal.kit.access import Actor
from caudal.kit.world import now

BESIDE: Final = "beside"
FEATURES: Final = "features"
VOLUME: Final = "volume"
Does = Mapping[str, tuple[forms.Form, Callable[[], str]]]


def contents(request: HttpRequest, actor: Actor, found: Offering, asked: str) -> Does:
    """Return the forms of what an offering includes, and what each does; those that there is nothing to say in not."""

    def sent(part: str) -> Any:
        return request.POST if asked == part else None

    made: dict[str, Any] = {"actor": actor, "as_of": now()}
    does: dict[str, tuple[forms.Form, Callable[[], str]]] = {}
    possible = [each for each in queries.possible_add_ons(actor) if each.pk != found.pk]
    if possible and found.role == OfferingRole.MAIN:
        beside = AddOnsForm(sent(BESIDE), offering=found, possible=possible, prefix=BESIDE)
        does[BESIDE] = (
            beside,
            lambda: done(request, actions.set_add_ons(**made, offering_id=found.pk, add_on_ids=beside.chosen())),
        )
    features = queries.features(actor)
    if features:
        said = FeaturesForm(sent(FEATURES), offering=found, features=features, prefix=FEATURES)
        does[FEATURES] = (
            said,
            lambda: done(request, actions.set_features(**made, offering_id=found.pk, features=said.values())),
        )
    charges = queries.charges_of(actor, [found.pk])
    if charges:
        volume = VolumeForm(sent(VOLUME), charges=charges, prefix=VOLUME)

        def lower() -> str:
            for charge_id, steps in volume.values().items():
                actions.set_volume_discounts(**made, charge_id=charge_id, discounts=steps)
            return done(request, found)

        does[VOLUME] = (volume, lower)
    return does


def done(request: HttpRequest, found: Offering) -> str:
    """Say that it was kept, and return where to go on."""
    messages.success(request, _("Saved: %(name)s") % {"name": found.name})
    return reverse("catalog:offering", args=[found.ref])
