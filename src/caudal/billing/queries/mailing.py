"""Letters about documents: what was sent, what waits, what failed and why."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from caudal.billing.models import Invoice
from caudal.kit.letters import letters_called

if TYPE_CHECKING:
    from caudal.kit.models import LetterRow


def letter_key(row: Invoice, number: int) -> str:
    """Return the key of the letter that brings a document for the nth time."""
    return f"billing.invoice:{row.ref}:{number}"


def letters_about(row: Invoice) -> "Sequence[LetterRow]":
    """Return the letters that brought a document, or were to, first to last."""
    return list(letters_called(f"billing.invoice:{row.ref}:"))
