"""Tables that somebody else wrote: how their text is laid out, and what their cells say.

Bytes and strings come in, values go out: whoever opens the file reads it twice, once to gather evidence about its
columns and once to take its rows, so that neither pass needs memory for all of it.
"""

from caudal.core.tables.cells import (
    DayEvidence,
    DayOrder,
    Exact,
    NumberEvidence,
    NumberStyle,
    UnreadableDay,
    UnreadableNumber,
    read_day,
    read_number,
)
from caudal.core.tables.layout import (
    DelimitedLine,
    NotText,
    OtherFormat,
    delimiter_of,
    encodings_of,
    lines_of,
)

__all__ = [
    "DayEvidence",
    "DayOrder",
    "DelimitedLine",
    "Exact",
    "NotText",
    "NumberEvidence",
    "NumberStyle",
    "OtherFormat",
    "UnreadableDay",
    "UnreadableNumber",
    "delimiter_of",
    "encodings_of",
    "lines_of",
    "read_day",
    "read_number",
]
