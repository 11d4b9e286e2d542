"""What files call the formulas of the company: their columns are left out, because what they hold is computed anew."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import override

from caudal.crm.imports.vocabulary import Kind
from caudal.ui.lists.exports import currency_head
from caudal.workspace.queries import own_fields

RECORDS: Final[Mapping[Kind, str]] = {
    Kind.COMPANIES: "company",
    Kind.PEOPLE: "person",
    Kind.LEADS: "lead",
    Kind.DEALS: "deal",
}
"""The kinds of files whose rows may have fields of the company's own."""


def computed_headings(kind: Kind) -> set[str]:
    """Return what files call the formulas of a kind, in small letters: by name or key, as lists write them too."""
    found: set[str] = set()
    for own in own_fields(RECORDS.get(kind, "")):
        for said in (own.key, own.name, own.label, own.label_es) if own.computed else ():
            found |= {said, f"{said} ({own.currency or own.unit})"}
            for language in ("en", "es") if own.currency else ():
                with override(language):
                    found.add(currency_head(said))
    return {each.casefold() for each in found if each}
