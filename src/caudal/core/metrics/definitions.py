"""What a metric is, and what it is made from: sources of facts that contexts will provide."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from caudal.core.expressions import Schema, Unit
from caudal.core.metrics.formulas import KINDS, Formula


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    BAND = "band"
    """Inside the target, neither above nor below."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text in the languages of the interface."""

    en: str
    es: str

    def in_language(self, language: str) -> str:
        """The text for a language code such as `es` or `es-MX`; English for one that is not spoken."""
        return self.es if language.partition("-")[0] == "es" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One definition of one number, the only one there is.

    `unit` is that of the value: `deal`, `money` (the company's currency), `money/deal`, `day`; empty for a share.
    `drivers` are the metrics that explain it, `factors` those whose product it is, or would be if they all spoke of the
    same facts. `source` says where the definition comes from. `above` and `below` are what the sides of a ratio are
    called that are no metrics by themselves.
    """

    id: str
    label: Words
    description: Words
    formula: Formula
    unit: str
    direction: Direction
    drivers: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    source: str = ""
    above: Words | None = None
    below: Words | None = None

    @property
    def kind(self) -> str:
        """The kind of its formula: sum, count, distinct, balance, ratio, derived, cumulative, conversion, cohort."""
        return KINDS[type(self.formula)]

    @property
    def is_money(self) -> bool:
        """True when the value, or what it is counted in, is money, so that a currency belongs to it."""
        return any(symbol == "money" for symbol, _ in Unit.parse(self.unit).powers)


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of fact by name: the fields that whoever provides it must fill, without saying how."""

    name: str
    schema: Schema
    entity: str = ""
    """The field that names the record a fact is about."""


@dataclass(frozen=True, slots=True)
class Registry:
    """Metrics by id, and the sources they may use. Nothing need feed a metric for it to be defined."""

    metrics: Mapping[str, Metric]
    sources: Mapping[str, Source] = field(default_factory=dict)

    @classmethod
    def of(cls, metrics: tuple[Metric, ...], sources: tuple[Source, ...]) -> "Registry":
        """A registry of these; the ids are unique."""
        assert len({metric.id for metric in metrics}) == len(metrics), "two metrics have one id"  # noqa: S101  ours
        return cls({metric.id: metric for metric in metrics}, {source.name: source for source in sources})
