"""Rows as JSON for the database to take apart: ids, instants, days and decimals among them."""

from typing import Any

import orjson


def json_text(value: Any) -> str:
    """Return a value as JSON. What JSON has no word for, such as a decimal, is written as its `str`.

    Raises TypeError for a whole number of more than 64 bits, which no column of ours takes.
    """
    return orjson.dumps(value, default=str).decode()
