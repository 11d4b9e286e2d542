"""The form that says which field of a lead goes where."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from typing_extensions import override

from caudal.crm.forms.records import ActorForm
from caudal.crm.models import Company, Deal, Lead, Person
from caudal.crm.queries.mapping import NEEDED, TARGETS, MappingLine, Slot, fits, sources, targets_of

MODELS: Final = {"lead": Lead, "person": Person, "company": Company, "deal": Deal}
KINDS: Final[dict[str, str | Promise]] = {
    "person": gettext_lazy("Person"),
    "company": gettext_lazy("Company"),
    "deal": gettext_lazy("Deal"),
}
APART: Final = "--"
"""Stands between a kind and a field in the name of an input."""


class MappingForm(ActorForm):
    """For each field of what a lead becomes, the field of the lead that fills it; only those that fit are offered."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: Sequence[MappingLine], version: int | None, **kwargs: Any) -> None:
        now = {input_name(line.kind, line.target): line.source for line in lines}
        kwargs["initial"] = {"version": version, **now}
        super().__init__(*args, **kwargs)
        labels = slot_labels()
        self.groups: list[tuple[str, list[Any]]] = []
        for kind, title in KINDS.items():
            names = []
            for target in targets_of(kind):
                name = input_name(kind, target.name)
                pairs = [(each.name, labels["lead", each.name]) for each in sources() if fits(each, target)]
                if not pairs:
                    continue
                needed = (kind, target.name) == NEEDED
                self.fields[name] = forms.ChoiceField(
                    label=labels[kind, target.name],
                    required=needed,
                    choices=pairs if needed else [("", "—"), *pairs],
                )
                names.append(name)
            self.groups.append((str(title), [self[name] for name in names]))

    def lines(self) -> list[MappingLine]:
        """Return the lines that were chosen."""
        found = []
        for name, source in self.cleaned_data.items():
            kind, apart, target = name.partition(APART)
            if apart and source:
                found.append(MappingLine(source, kind, target))
        return found

    @override
    def field_of(self, name: str) -> str:
        """Return the input of what an action calls `kind.field`."""
        kind, _dot, target = name.partition(".")
        return input_name(kind, target)


def input_name(kind: str, target: str) -> str:
    """Return the name of the input of a field."""
    return f"{kind}{APART}{target}"


def slot_labels() -> dict[tuple[str, str], str]:
    """Return what the fields of leads, people, companies and deals are called, by kind and name."""
    kinds = {"lead": sources(), **{kind: targets_of(kind) for kind in TARGETS}}
    return {(kind, slot.name): _label(kind, slot) for kind, slots in kinds.items() for slot in slots}


def _label(kind: str, slot: Slot) -> str:
    if slot.own:
        return slot.own.said(get_language() or "en")
    if slot.name in {"amount", "pillar"}:
        return _("Amount") if slot.name == "amount" else _("Pillar")
    found = MODELS[kind]._meta.get_field(slot.name)
    return str(capfirst(getattr(found, "verbose_name", slot.name)))
