"""Metrics as data: one definition of each number, compiled to SQL, computed by a slow reference, opened into its rows.

A `Metric` is a formula over abstract sources of facts or over other metrics, in nine kinds (`formulas`). A `Registry`
holds them and `check_registry` says what is wrong with them. `compile_query` makes the statement whose rows are the
cells of a metric for a `Request` over the `Marts` that contexts provide, `compile_rows` the one that lists the records
behind a `Cell`. `reference.evaluate_metric` gives the same answers from plain rows, slowly. `explanations` says
why one number is not another, `sides` how one is worked out.
"""

from caudal.core.metrics.catalogue import METRICS, REGISTRY, SOURCES
from caudal.core.metrics.checking import check_metric, check_registry
from caudal.core.metrics.definitions import Direction, Metric, Registry, Source, Words
from caudal.core.metrics.explanations import Effect, Share, by_factor, by_mix_and_rate, by_segment, factor_ids
from caudal.core.metrics.formulas import (
    Balance,
    Cohort,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Distinct,
    Event,
    Formula,
    Leaf,
    Ratio,
    Sum,
)
from caudal.core.metrics.requests import (
    Cell,
    Marts,
    MartShape,
    NotFed,
    Rates,
    Request,
    UnknownCell,
    UnknownDimension,
    check_marts,
)
from caudal.core.metrics.sides import Side, Term, Window, found_metric, side_of, terms_of, window_of
from caudal.core.metrics.statements import Sql, compile_query, compile_rows
from caudal.core.metrics.trees import CircularMetric, NotCumulative, Tree, UnknownMetric, tree_of

__all__ = [
    "METRICS",
    "REGISTRY",
    "SOURCES",
    "Balance",
    "Cell",
    "CircularMetric",
    "Cohort",
    "Conversion",
    "Count",
    "Cumulative",
    "Derived",
    "Direction",
    "Distinct",
    "Effect",
    "Event",
    "Formula",
    "Leaf",
    "MartShape",
    "Marts",
    "Metric",
    "NotCumulative",
    "NotFed",
    "Rates",
    "Ratio",
    "Registry",
    "Request",
    "Share",
    "Side",
    "Source",
    "Sql",
    "Sum",
    "Term",
    "Tree",
    "UnknownCell",
    "UnknownDimension",
    "UnknownMetric",
    "Window",
    "Words",
    "by_factor",
    "by_mix_and_rate",
    "by_segment",
    "check_marts",
    "check_metric",
    "check_registry",
    "compile_query",
    "compile_rows",
    "factor_ids",
    "found_metric",
    "side_of",
    "terms_of",
    "tree_of",
    "window_of",
]
