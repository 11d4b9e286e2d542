"""Reads of numbers: what a metric comes to, and the records that it is made from."""

from caudal.insights.queries.answers import Figure, Result, measure
from caudal.insights.queries.binding import (
    dimensions_of,
    is_fed,
    kept_marts,
    optional_marts,
    public_marts,
    report_view,
    sees_company,
)
from caudal.insights.queries.definitions import definition_json, formula_text, sides_of, sources_of, used_by
from caudal.insights.queries.figures import drill_json, figure_json, finding_json, result_json, value_json
from caudal.insights.queries.questions import (
    UNKNOWN,
    NoSuchDimension,
    NoSuchMetric,
    metric_named,
    question,
    written,
)
from caudal.insights.queries.records import Contribution, Drill, Part, drill, part_names, summed
from caudal.insights.queries.reference import reference_page
from caudal.insights.queries.statements import TooSlow
from caudal.insights.queries.working import Line, figure_at, worked

__all__ = [
    "UNKNOWN",
    "Contribution",
    "Drill",
    "Figure",
    "Line",
    "NoSuchDimension",
    "NoSuchMetric",
    "Part",
    "Result",
    "TooSlow",
    "definition_json",
    "dimensions_of",
    "drill",
    "drill_json",
    "figure_at",
    "figure_json",
    "finding_json",
    "formula_text",
    "is_fed",
    "kept_marts",
    "measure",
    "metric_named",
    "optional_marts",
    "part_names",
    "public_marts",
    "question",
    "reference_page",
    "report_view",
    "result_json",
    "sees_company",
    "sides_of",
    "sources_of",
    "summed",
    "used_by",
    "value_json",
    "worked",
    "written",
]
