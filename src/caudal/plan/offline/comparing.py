"""Two plans beside each other, in words: what was added, removed and changed, and by how much."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from caudal.core.plans import ABOUT, TARGETS, Difference, Fate, FieldChange, Figure, Label, PlanDifference, Target
from caudal.plan.offline.figures import interval
from caudal.ui.formats import number_text, percent_text, reader_locale

SECTIONS: Final[dict[str, str | Promise]] = {
    ABOUT: _("The plan itself"),
    TARGETS: _("Targets"),
    "pillars": _("Lines of business"),
    "parts": _("What sums are made of"),
    "prices": _("Price lists"),
    "channels": _("Channels"),
    "budget": _("Budget"),
    "phases": _("Phases"),
    "methodologies": _("Methods"),
    "stack": _("Tools"),
    "claims": _("Promises"),
    "drivers": _("Drivers"),
    "formulas": _("Formulas"),
    "ramps": _("Ramps"),
    "correlations": _("What goes together"),
    "responses": _("What channels bring"),
    "capacities": _("Capacities"),
    "versions": _("Sizes"),
    "scenarios": _("Scenarios"),
    "checks": _("Checks"),
}
_FATES: Final[dict[Fate, str | Promise]] = {
    Fate.CHANGED: _("is different"),
    Fate.ADDED: _("is new"),
    Fate.REMOVED: _("is gone"),
}
_FIELDS: Final[dict[str, str | Promise]] = {
    "label": _("what it is called"),
    "unit": _("unit"),
    "period": _("period"),
    "pillar": _("line of business"),
    "metric": _("metric"),
    "currency": _("currency"),
    "months": _("months"),
    "first": _("begins in month"),
    "last": _("ends in month"),
    "milestones": _("milestones"),
    "outcome": _("outcome"),
    "items": _("what it is the sum of"),
    "shape": _("shape"),
    "likely": _("likely value"),
    "value": _("formula"),
}
_ENDS: Final = frozenset({"lo", "hi"})
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class DifferenceWords:
    """One difference as people read it: what it is, both ranges or what is said instead, and the change."""

    difference: Difference
    label: str
    fate: str
    before: str
    after: str
    change: str


def section_word(section: str) -> str:
    """Say what a section of a plan is called."""
    return str(SECTIONS.get(section, section))


def difference_words(each: Difference) -> DifferenceWords:
    """Put one difference in words, in the active language."""
    label = each.label
    return DifferenceWords(
        difference=each,
        label=(label.told(get_language() or "en") if label else "") or each.id or section_word(each.section),
        fate=str(_FATES[each.fate]),
        before=range_words(each.before),
        after=range_words(each.after),
        change=change_words(each),
    )


def difference_summary(found: PlanDifference) -> str:
    """Say in a sentence how much two plans differ."""
    if not found.differences:
        return gettext("Both say the same.")
    locale = reader_locale()
    targets = found.of(TARGETS)
    words = ngettext("%(count)s difference", "%(count)s differences", len(found.differences)) % {
        "count": number_text(len(found.differences), locale)
    }
    of_targets = ngettext("%(count)s target differs", "%(count)s targets differ", len(targets)) % {
        "count": number_text(len(targets), locale)
    }
    alike = ngettext("%(count)s target is alike", "%(count)s targets are alike", found.alike[TARGETS]) % {
        "count": number_text(found.alike[TARGETS], locale)
    }
    return gettext("%(differences)s: %(targets)s, %(alike)s.") % {
        "differences": words,
        "targets": of_targets,
        "alike": alike,
    }


def range_words(entry: Any) -> str:
    """Write the range that an entry states, if it states one."""
    if isinstance(entry, Target | Figure):
        return interval(entry)
    figure = getattr(entry, "figure", None)
    if isinstance(figure, Figure):
        return interval(figure)
    if hasattr(entry, "lo") and getattr(entry, "unit", None) is not None and entry.lo is not None:
        return interval(Figure(entry.lo, entry.hi, entry.unit))
    return ""


def change_words(each: Difference) -> str:
    """Say how an entry changed: "from +20% to +50%", then the other fields before and after."""
    if each.fate is not Fate.CHANGED:
        return str(_FATES[each.fate])
    said = [moved_words(each)] if _ENDS & {change.name for change in each.changes} else []
    said += [_field_words(change) for change in each.changes if change.name not in _ENDS]
    return "; ".join(text for text in said if text)


def moved_words(each: Difference) -> str:
    """Say by how much the ends of a range moved."""
    changed = {change.name: change for change in each.changes}
    ended = changed.get("hi")
    said = []
    if each.lo_by is not None and (each.lo_by == each.hi_by or (_open(each.before) and _open(each.after))):
        said.append(_share(each.lo_by))
    else:
        if each.lo_by is not None:
            said.append(gettext("lower end %(share)s") % {"share": _share(each.lo_by)})
        if each.hi_by is not None:
            said.append(gettext("upper end %(share)s") % {"share": _share(each.hi_by)})
    if ended is not None and ended.after is None:
        said.append(gettext("now open upwards"))
    if ended is not None and ended.before is None:
        said.append(gettext("no longer open upwards"))
    return ", ".join(said) or gettext("another range")


def _open(entry: Any) -> bool:
    return getattr(getattr(entry, "figure", None) or entry, "hi", None) is None


def _share(by: Fraction) -> str:
    return percent_text(by, reader_locale(), sign=True)


def _field_words(change: FieldChange) -> str:
    if change.name == "ends":
        return _ends_words(dict(change.before or ()), dict(change.after or ()))
    before, after = _value_words(change.before), _value_words(change.after)
    name = str(_FIELDS.get(change.name, change.name))
    if not before or not after or max(len(before), len(after)) > _LONGEST:
        return gettext("another %(field)s") % {"field": name} if before else f"{name}: {after}"[:_LONGEST]
    return f"{name}: {before} → {after}"


def _ends_words(before: dict[str, str], after: dict[str, str]) -> str:
    """Say how far along something is at the end of the phases that differ."""
    locale = reader_locale()
    told = {
        phase: tuple(percent_text(Fraction(ends[phase]), locale) if phase in ends else "—" for ends in (before, after))
        for phase in dict.fromkeys((*before, *after))
        if before.get(phase) != after.get(phase)
    }
    return ", ".join(f"{phase} {one} → {other}" for phase, (one, other) in told.items())


def _value_words(value: Any) -> str:
    match value:
        case None:
            return ""
        case {"en": english, "es": spanish}:
            return Label(english, spanish).told(get_language() or "en")
        case {"id": name}:
            return str(name)
        case list():
            return ", ".join(_value_words(item) for item in value)
    return str(value)
