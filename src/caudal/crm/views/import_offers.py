"""The profiles that fit the files of a rehearsal, as its pages offer them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from caudal.crm import queries
from caudal.crm.imports.decisions import Decisions
from caudal.crm.imports.glimpses import uploads_of
from caudal.crm.imports.profiles import TableFit, fits, headed
from caudal.kit.access import Actor, Verb, may

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

OFFERED: Final = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A profile that fits the files, and how."""

    ref: str
    name: str
    href: str
    is_applied: bool
    is_exact: bool
    differences: tuple[str, ...]


def offers(actor: Actor, operation: "Operation") -> list[Offer]:
    """Return the profile that was applied, then the others that fit, the best first."""
    profiles = queries.import_profiles(actor) if may(actor, "operation", Verb.CREATE) else []
    if not profiles:
        return []
    applied = Decisions.from_json(operation.params["decisions"]).profile
    found = [
        Offer(
            ref=str(fit.profile.ref),
            name=fit.profile.name,
            href=reverse("crm:import_profile", args=[str(fit.profile.ref)]),
            is_applied=str(fit.profile.ref) == applied,
            is_exact=fit.is_exact,
            differences=tuple(_differences(each) for each in fit.tables if not each.is_exact),
        )
        for fit in fits(profiles, headed(uploads_of(operation)))
    ]
    return sorted(found, key=lambda each: not each.is_applied)[:OFFERED]


def _differences(fit: TableFit) -> str:
    told = [
        words % {"columns": ", ".join(columns)}
        for words, columns in ((_("further columns: %(columns)s"), fit.more), (_("missing: %(columns)s"), fit.less))
        if columns
    ]
    return f"{fit.table.name}: {'; '.join(told)}"
