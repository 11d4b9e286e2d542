"""Bringing what a row says of a party into our words: the way of selling, the language, further addresses and numbers.

What cannot be read is told, and the row comes in without it: nobody is refused for a second number.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from caudal.core.errors import msg
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.vocabulary import in_words
from caudal.crm.imports.vocabulary.parties import LANGUAGES, SALES_MODELS
from caudal.crm.imports.vocabulary.sales import GIVEN_UP, GIVEN_UP_REASONS
from caudal.crm.models import TAG_LENGTH, DisqualifyReason
from caudal.kit.names import name_key
from caudal.kit.own_fields import Kept

FURTHER: Final = ("email", "phone")
"""Fields of a person of which there may be further ones."""
EMAIL_LENGTH: Final = 254
PHONE_LENGTH: Final = 40
_SEVERAL: Final = re.compile(r"\s*[;,]\s*")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


def settle_words(values: dict[str, Any], file: str, tally: Tally) -> None:
    """Replace the words for a way of selling and for a language by ours."""
    if written := values.get("sales_model"):
        values["sales_model"] = SALES_MODELS.get(in_words(written))
        if values["sales_model"] is None:
            tally.note(
                "import.not_a_sales_model",
                msg("“{text}” is no sales model; the row came in without it."),
                file=file,
                text=written[:60],
            )
    if written := values.get("language"):
        tag = written.replace("_", "-") if _LANGUAGE.fullmatch(written) else ""
        values["language"] = LANGUAGES.get(in_words(written)) or tag[:16] or None
        if values["language"] is None:
            tally.note(
                "import.not_a_language",
                msg("“{text}” is no language that is known here; the row came in without it."),
                file=file,
                text=written[:60],
            )


def settle_further(values: dict[str, Any], columns: Mapping[str, Sequence[str]], file: str, tally: Tally) -> None:
    """Gather the further addresses and numbers of somebody from their own column and from those beside the first."""
    said = values.pop("other_emails", None) or ""
    emails = [part.lower() for text in (*columns["email"], said) for part in _SEVERAL.split(text) if part]
    values["other_emails"] = _taken(emails, values.get("email"), _is_address, file, tally)
    said = values.pop("other_phones", None) or ""
    phones = [*columns["phone"], *(part.strip() for part in said.split(";") if part.strip())]
    values["other_phones"] = _taken(phones, values.get("phone"), _is_number, file, tally)
    for name in ("other_emails", "other_phones"):
        if not values[name]:
            del values[name]


def settle_tags(values: dict[str, Any], file: str, tally: Tally) -> None:
    """Leave out what no tag can say; the row comes in without it."""
    if not (said := str(values.get("tags") or "")):
        return
    fitting = []
    for text in filter(None, map(str.strip, _SEVERAL.split(said))):
        if max(len(text), len(name_key(text))) <= TAG_LENGTH and name_key(text):
            fitting.append(text)
            continue
        tally.note(
            "import.not_a_tag",
            msg("“{text}” is no tag: one has letters or digits, {length} signs at most; the row came in without it."),
            file=file,
            text=text[:60],
            length=TAG_LENGTH,
        )
    values["tags"] = ", ".join(fitting) or None


def settle_lead(values: dict[str, Any], custom: dict[str, str], header: str) -> None:
    """Replace what a row says of a lead that goes no further by our reason; another state is kept under its header."""
    status, written = values.pop("state", None) or "", values.pop("disqualify_reason", None) or ""
    note = values.pop("disqualify_note", None) or ""
    if values.get("is_converted") or values.get("converted"):
        values.pop("disqualified", None)
        return
    state = GIVEN_UP.get(in_words(status))
    if state is None and not (written or values.get("disqualified")):
        if status:
            custom[header] = Kept(status)
        return
    known = GIVEN_UP_REASONS.get(in_words(written))
    values["given_up_for"] = (known or (not written and state) or DisqualifyReason.OTHER).value
    values["given_up_note"] = note or ("" if known else written)


def _taken(said: Sequence[str], first: str | None, fits: Callable[[str], bool], file: str, tally: Tally) -> list[str]:
    further = []
    for text in dict.fromkeys(said):
        if text == first:
            continue
        if fits(text):
            further.append(text)
            continue
        tally.note(
            "import.not_a_further_one",
            msg("“{text}” is no further address or number; the row came in without it."),
            file=file,
            text=text[:60],
        )
    return further


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= EMAIL_LENGTH


def _is_number(text: str) -> bool:
    return len(text) <= PHONE_LENGTH
