"""Heavy libraries, by name. They are extras: nothing that answers a page may load one before it is needed."""

from importlib import import_module
from typing import Any, Final

from caudal.core.errors import Problem, msg

HEAVY: Final = frozenset(
    {
        "adbc_driver_postgresql",
        "altair",
        "duckdb",
        "highspy",
        "ibis",
        "numpy",
        "openpyxl",
        "pandas",
        "pyarrow",
        "pyspark",
        "scipy",
        "stdnum",
    }
    | {"sklearn", "sqlglot", "statsmodels", "typst", "vl_convert", "xlsxwriter", "z3"}
    | {"caudal.core.simulate"}
)
"""The modules that the web entry must not import: libraries by their top level, and rooms of ours that need one."""


class ExtraMissing(Problem):
    """A feature needs a library that this installation was made without."""

    code = "extra.missing"
    status = 501
    message = msg("This needs the library {library}, which is not installed here.")
    hint = msg("Install Caudal with the extra that brings it.")


def lazy(name: str) -> Any:
    """Import a heavy library at its first use. Raises ExtraMissing when it is not installed."""
    if name.partition(".")[0] not in HEAVY and name not in HEAVY:
        raise LookupError(f"{name} is not in caudal.kit.lazy.HEAVY; import it at the top of the file")
    try:
        return import_module(name)
    except ImportError as error:
        raise ExtraMissing(library=name) from error
