"""Documents as PDF, set by typst: archive quality, from the same words the same bytes.

What a document says reaches the typesetter as data, so that no text of anybody's is read as its markup.
"""

import json
import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from caudal.billing.models import Invoice
from caudal.billing.queries import Paper, lines_of, paper, seller_said, taxes_of
from caudal.kit.lazy import lazy
from caudal.kit.world import world

TEMPLATE: Final = Path(__file__).parent / "invoice.typ"
ARCHIVE: Final = "a-3b"
"""PDF/A-3b: whole in itself, and able to carry an electronic invoice."""
SUFFIXES: Final = {"image/svg+xml": ".svg", "image/png": ".png", "image/jpeg": ".jpg"}
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def invoice_pdf(row: Invoice, language: str = "") -> bytes:
    """Return a document as PDF, in its own language unless another one is asked for. Raises ExtraMissing.

    The document comes with its parties, its entity and the logo of that.
    """
    said = paper(row, lines_of(row), taxes_of(row), language or row.language)
    day = row.issue_day or row.due_from
    with TemporaryDirectory(prefix="caudal-") as folder:
        logo = _logo(row, Path(folder))
        return _set(_data(said, day, logo), day, Path(folder))


def file_name(row: Invoice) -> str:
    """Return what the file of a document is called."""
    return f"{row.number or f'draft-{row.due_from.isoformat()}'}.pdf"


def _set(data: dict[str, Any], day: date, folder: Path) -> bytes:
    typst = lazy("typst")
    source = folder / "invoice.typ"
    source.write_bytes(TEMPLATE.read_bytes())
    how: dict[str, Any] = {
        "root": str(folder),
        "format": "pdf",
        "sys_inputs": {"said": json.dumps(data, ensure_ascii=False)},
        "timestamp": int(datetime.combine(day, time.min, UTC).timestamp()),
    }
    try:
        made: bytes = typst.compile(str(source), ignore_system_fonts=True, pdf_standards=ARCHIVE, **how)
    except typst.TypstError:
        # A script that the fonts of the library lack: the machine's own may have it, and a page that can be read is
        # worth more than the archive's seal.
        made = typst.compile(str(source), **how)
    return made


def _logo(row: Invoice, folder: Path) -> str:
    """The logo that a document was issued with, a draft's that of today, as a file beside its source."""
    said = row.seller.said if row.seller else seller_said(row.entity)
    suffix = SUFFIXES.get(said.get("logo_type", ""))
    if suffix is None:
        return ""
    name = f"logo{suffix}"
    with world().file_store().opened(said["logo"]) as kept:
        (folder / name).write_bytes(kept.read())
    return f"/{name}"


def _data(said: Paper, day: date, logo: str) -> dict[str, Any]:
    seller = said.seller
    with override(said.language):
        words = {
            "buyer": _("To"),
            "head": [_("What"), _("Period"), _("Quantity"), _("Tax"), _("Amount")],
            "net": _("Before tax"),
            "gross": _("Total"),
            "bank": _("Pay to"),
        }
        taxes = [[_("%(tax)s on %(taxable)s") % {"tax": e.label, "taxable": e.taxable}, e.tax] for e in said.taxes]
        page = _("Page {page} of {pages}")
    data = {
        "language": said.language[:2],
        "title": said.title,
        "number": said.number,
        "mark": said.mark,
        "day": [day.year, day.month, day.day],
        "colour": seller.colour,
        "logo": logo,
        "brand": seller.brand,
        "seller": seller.legal_name,
        "from": [each for each in (said.seller_tax, *seller.address, *seller.contact) if each],
        "buyer": list(said.buyer),
        "facts": [list(each) for each in said.facts],
        "lines": [
            {
                "text": each.text,
                "period": each.period,
                "quantity": each.quantity,
                "tax": each.tax,
                "amount": each.amount,
                "notes": list(each.notes),
            }
            for each in said.lines
        ],
        "net": said.net,
        "taxes": taxes,
        "gross": said.gross,
        "due": said.due,
        "law": list(said.law),
        "bank": list(seller.bank) if said.due else [],
        "foot": [each for each in (seller.registration, *seller.footer) if each] or [seller.legal_name],
        "words": words,
        "page": page,
    }
    cleaned: dict[str, Any] = _cleaned(data)
    return cleaned


def _cleaned(value: Any) -> Any:
    """Take out of all texts what no page can show, and what turns text round."""
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    return {key: _cleaned(each) for key, each in value.items()} if isinstance(value, dict) else value
