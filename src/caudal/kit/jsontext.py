"""Rows as JSON for the database to take apart: ids, instants, days and decimals among them."""

from datetime import date
from typing import Any, Final

import orjson

# Instants are written by Python: the library rounds the offsets of long ago, which have seconds.
HOW: Final = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


def json_text(value: Any) -> str:
    """Return a value as JSON. What JSON has no word for, such as a decimal or a Ref, is written as its `str`.

    Raises TypeError for a whole number of more than 64 bits, which no column of ours takes.
    """
    return orjson.dumps(value, default=_written, option=HOW).decode()


def _written(value: Any) -> Any:
    if isinstance(value, date):  # instants are days too
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else str(value)
