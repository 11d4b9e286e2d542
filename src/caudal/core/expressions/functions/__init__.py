"""The table of functions: all there is to the meaning of the language. To extend it, pass a bigger table to `check`."""

from collections.abc import Mapping
from typing import Final

from caudal.core.expressions.functions.arithmetic import ARITHMETIC
from caudal.core.expressions.functions.dates import DATES
from caudal.core.expressions.functions.logic import LOGIC
from caudal.core.expressions.functions.spans import SPANS
from caudal.core.expressions.functions.texts import TEXTS
from caudal.core.expressions.terms import Function

FUNCTIONS: Final[Mapping[str, Function]] = {
    function.name: function for function in (*ARITHMETIC, *LOGIC, *TEXTS, *DATES, *SPANS)
}
"""Operators and functions by name."""
