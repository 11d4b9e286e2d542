"""The words by which columns, kinds of files and stages are recognised, in English and Spanish.

Words are compared without case, accents, punctuation and spaces: `Deal-Stage`, `DEALSTAGE` and `Deal stage` are one. A
word in front wins over those behind it when a file has columns for several of them.
"""

from collections.abc import Mapping
from typing import Final

from caudal.crm.imports.vocabulary.kinds import LABELS, Field, Kind, Reading, Table, header_key, in_words
from caudal.crm.imports.vocabulary.parties import COMPANIES, MEMBERS, PEOPLE, PRODUCTS
from caudal.crm.imports.vocabulary.sales import DEALS, LEADS, LOSS_REASONS, OTHERWISE, OUTCOMES, PIPELINES, STAGES
from caudal.crm.imports.vocabulary.work import ACTIVITIES

TABLES: Final = (MEMBERS, PRODUCTS, COMPANIES, PEOPLE, LEADS, PIPELINES, DEALS, ACTIVITIES)
"""Every kind of file, in the order in which they are taken: each names only rows of those before it."""

BY_KIND: Final[Mapping[Kind, Table]] = {table.kind: table for table in TABLES}

__all__ = [
    "BY_KIND",
    "LABELS",
    "LOSS_REASONS",
    "OTHERWISE",
    "OUTCOMES",
    "STAGES",
    "TABLES",
    "Field",
    "Kind",
    "Reading",
    "Table",
    "header_key",
    "in_words",
]
