"""Names for rows: UUID version 7 (RFC 9562), written at the edge as a kind and 26 letters: `deal_01jd…`."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from uuid import UUID

from typing_extensions import override

from caudal.core.errors import Problem, msg

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that is read as another."""
LENGTH: Final = 26
_PAIRS: Final = tuple(first + second for first in ALPHABET for second in ALPHABET)
_DIGITS: Final = {letter: value for value, letter in enumerate(ALPHABET)}
_RANDOM_BITS: Final = 74
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NotAnId(Problem):
    """The text is not the public id of the kind that was asked for."""

    code = "id.unreadable"
    status = 404
    message = msg("“{text}” is no id of the kind that belongs here.")
    hint = msg("Ids of this kind look like {kind}_ and 26 letters and digits.")


def uuid7(*, at: datetime, entropy: int) -> UUID:
    """A version 7 UUID of the instant `at` (aware) and at least 74 bits of `entropy`; sorts by instant.

    Layout of RFC 9562 §5.7: 48 bits of milliseconds, version, 12 bits, variant, 62 bits.
    """
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    entropy &= (1 << _RANDOM_BITS) - 1
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | (entropy >> 62) << 64 | 0b10 << 62 | entropy & ((1 << 62) - 1)
    return UUID(int=value)


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A row by kind and id, without importing its model: what facts, ledger lines and links carry."""

    kind: str
    id: UUID

    @override
    def __str__(self) -> str:
        """The public id.

        >>> str(Ref("deal", UUID("01890a5d-ac96-774b-bcce-b302099a8057")))
        'deal_01h455vb4pex5vsknk084sn02q'
        """
        number = self.id.int
        return f"{self.kind}_{''.join([_PAIRS[number >> bits & 1023] for bits in range(120, -1, -10)])}"

    @classmethod
    def parse(cls, text: str, kind: str | None = None) -> Self:
        """Read a public id back, of `kind` when given. Raises NotAnId."""
        prefix, _, letters = text.rpartition("_")
        wanted = kind or prefix or msg("record")
        if not prefix or (kind and prefix != kind) or len(letters) != LENGTH or set(letters) - _DIGITS.keys():
            raise NotAnId(text=text, kind=wanted)
        number = 0
        for letter in letters:
            number = number * 32 + _DIGITS[letter]
        if number >> 128:
            raise NotAnId(text=text, kind=wanted)
        return cls(prefix, UUID(int=number))
