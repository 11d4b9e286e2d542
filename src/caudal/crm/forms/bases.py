"""What a form was drawn from, what was typed into it, and what the record says now: the three sides of a merge."""

import json
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.forms import DecimalField

from caudal.core.decimals import plain_decimal
from caudal.core.merging import Merge, merge
from caudal.core.money import Money
from caudal.crm.forms.fields import RecordField
from caudal.crm.forms.records import RecordForm, said_of
from caudal.kit.outbox import since
from caudal.kit.own_fields import PREFIX

BESIDE = frozenset({"version", "base"})


def sides(form: RecordForm, record: Any) -> Merge[str]:
    """Return what becomes of each field that was typed, or changed meanwhile.

    A form that does not say what it was drawn from was drawn from the version that it names: what nobody changed since
    then was there, and what somebody did change collides wherever it differs.
    """
    theirs = held(form, record)
    base = base_of(form)
    if base is None:
        version = form.cleaned_data.get("version") or record.version
        found = since(record.ref, version, record.version)
        changed = {each.name.removesuffix("_id") for each in found.changes}
        base = {name: value for name, value in theirs.items() if found.is_whole and name not in changed}
    ours = typed(form)
    given_way = [name for name in ours if form.data.get(f"take.{name}") == "theirs"]
    return merge(base, theirs, ours | {name: base.get(name) for name in given_way})


def held(form: RecordForm, record: Any) -> dict[str, Any]:
    """Return what a record holds in the fields of a form, in a form that compares."""
    said = said_of(record, form.fields)
    return {
        name: comparable(field.to_python(said.get(name)) if isinstance(field, DecimalField) else said.get(name))
        for name, field in form.fields.items()
        if name not in BESIDE
    }


def typed(form: RecordForm) -> dict[str, Any]:
    """Return what was typed, in a form that compares: of a record that is named, its name."""
    return {
        name: comparable(form.data.get(name, "") if isinstance(field, RecordField) else form.cleaned_data.get(name))
        for name, field in form.fields.items()
        if name not in BESIDE
    }


def base_of(form: RecordForm) -> dict[str, Any] | None:
    """Return what the form says that it was drawn from; None where it says nothing that can be read."""
    try:
        found = json.loads(form.data.get("base", ""))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def comparable(value: Any) -> Any:
    """Return a value as JSON keeps it, so that the same is equal: nothing is None, whatever it was.

    >>> comparable(""), comparable([]), comparable(Decimal("1.50")), comparable(" a ")
    (None, None, '1.5', 'a')
    """
    found: Any = None if value is None else str(value).strip() or None
    if isinstance(value, bool):
        found = value
    elif isinstance(value, list | tuple):
        found = sorted(str(each) for each in value) or None
    elif isinstance(value, Decimal):
        found = plain_decimal(value)
    elif isinstance(value, date):
        found = value.isoformat()
    elif isinstance(value, Money):
        found = [str(value.major), value.currency.code]
    return found


def only(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return those arguments of an action that come from some fields of a form."""
    found = {name: value for name, value in values.items() if name in names or name.removesuffix("_id") in names}
    own = {key: value for key, value in values.get("custom", {}).items() if f"{PREFIX}{key}" in names}
    return found | ({"custom": own} if own else {})
