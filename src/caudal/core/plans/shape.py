"""What a plan file may hold, as one value: files are checked by it, and the published JSON Schema is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from caudal.core.errors import msg
from caudal.core.metrics import Direction
from caudal.core.periods import Grain
from caudal.core.plans.assumptions import Distribution
from caudal.core.plans.document import Kind
from caudal.core.plans.responses import CURVE_KEYS, Curve

ID: Final = r"[a-z][a-z0-9_]{0,63}"
CODE: Final = r"[A-Z]{3}"
EXACT: Final = r"[+-]?[0-9]{1,30}(\.[0-9]{1,30}|/0*[1-9][0-9]{0,29})?"
LANGUAGES: Final = ("en", "es")
ID_HINT: Final = msg("Use small letters, digits and underscores, beginning with a letter.")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value. Texts match `pattern` as a whole, or are not blank; a DECIMAL may be whole, or p/q in quotes."""

    kind: Kind
    about: str
    pattern: str = ""
    hint: str = ""
    """What a text that does not match should look like."""
    least: int = 1
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListOf:
    """At least one of a leaf, none twice."""

    item: Leaf
    about: str


@dataclass(frozen=True, slots=True)
class Group:
    """A table with named fields."""

    about: str
    fields: Mapping[str, "Leaf | ListOf | Group | MapOf"]
    required: tuple[str, ...] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)
    """What the JSON Schema says beyond its fields; the reader has a finding for each."""


@dataclass(frozen=True, slots=True)
class MapOf:
    """A table of like things under ids."""

    about: str
    value: "Leaf | Group"


Shape: TypeAlias = Leaf | ListOf | Group | MapOf

_LABEL: Final = Group(
    "What people read, in every language of the interface.",
    {language: Leaf(Kind.TEXT, f"In the language {language}.") for language in LANGUAGES},
    required=LANGUAGES,
)

_LINES: Final = ListOf(Leaf(Kind.WHOLE, "A line, from 1."), "The lines of the source document that say so.")
_PILLAR: Final = Leaf(Kind.TEXT, "The line of business it is about; all of them without.", pattern=ID, hint=ID_HINT)
_METRIC: Final = Leaf(Kind.TEXT, "The metric that measures it.", pattern=ID, hint=ID_HINT)
_TARGET_ID: Final = Leaf(Kind.TEXT, "The id of a target.", pattern=ID, hint=ID_HINT)
_RANGE: Final[Mapping[str, "Leaf | ListOf | Group | MapOf"]] = {
    "lo": Leaf(Kind.DECIMAL, "The lower end: exact, as a number or as a fraction in quotes, such as '1/3'."),
    "hi": Leaf(Kind.DECIMAL, "The upper end; the same as lo for a single number."),
    "open": Leaf(Kind.SWITCH, "True instead of an upper end: 5,000 or more.", choices=("true",)),
    "unit": Leaf(Kind.TEXT, "USD/month, leads/month, USD/customer, ratio, share, days, x …"),
}
_ONE_END: Final[list[dict[str, Any]]] = [
    {"required": ["hi"], "properties": {"open": False}},
    {"required": ["open"], "properties": {"hi": False}},
]
_OWN_RANGE_OR_TARGET: Final[dict[str, Any]] = {
    "oneOf": [
        {"required": ["lo", "unit"], "properties": {"target": False}, "oneOf": _ONE_END},
        {"required": ["target"], "properties": {"lo": False}},
    ]
}
_SAYS_IT: Final = Leaf(Kind.TEXT, "The target that says it, instead of a range of its own.", pattern=ID, hint=ID_HINT)
_MONTHS: Final = ListOf(Leaf(Kind.WHOLE, "A month of the plan, from 1."), "The first month and the last, or one alone.")

_TARGET: Final = Group(
    "A range that a number must be in.",
    {
        "label": _LABEL,
        **_RANGE,
        "period": Leaf(
            Kind.TEXT,
            "The time it is measured over; without it the one in the unit, else the plan's.",
            choices=tuple(Grain),
        ),
        "pillar": _PILLAR,
        "metric": _METRIC,
        "lines": _LINES,
    },
    required=("label", "lo", "unit"),
    rules={"oneOf": _ONE_END},
)

_PART: Final = Group(
    "One of several figures that a target is the sum of.",
    {
        "label": _LABEL,
        "of": Leaf(Kind.TEXT, "The target that it is a part of.", pattern=ID, hint=ID_HINT),
        **_RANGE,
        "metric": _METRIC,
        "lines": _LINES,
    },
    required=("label", "of", "lo", "unit"),
    rules={"oneOf": _ONE_END},
)

_PRICE: Final = Group(
    "An entry of the price list: a range of its own, or the target that says it.",
    {"label": _LABEL, "pillar": _PILLAR, **_RANGE, "target": _SAYS_IT, "lines": _LINES},
    required=("label",),
    rules=_OWN_RANGE_OR_TARGET,
)

_CHANNEL: Final = Group(
    "A way to customers.",
    {
        "label": _LABEL,
        "channel": Leaf(Kind.TEXT, "What it does.", choices=("sales", "acquisition", "partners")),
        "pillar": _PILLAR,
        "within": Leaf(Kind.TEXT, "The channel that it belongs to.", pattern=ID, hint=ID_HINT),
        "targets": ListOf(_TARGET_ID, "The targets that speak of it: its share, its budget, what it brings."),
        "lines": _LINES,
    },
    required=("label", "channel"),
)

_BUDGET: Final = Group(
    "A sum of money and what it is the sum of.",
    {
        "label": _LABEL,
        "target": Leaf(Kind.TEXT, "The target that says the sum.", pattern=ID, hint=ID_HINT),
        "items": ListOf(_TARGET_ID, "The targets that add up to it."),
        "lines": _LINES,
    },
    required=("label", "target", "items"),
)

_PHASE: Final = Group(
    "A stretch of months and what is done in them.",
    {
        "label": _LABEL,
        "months": _MONTHS,
        "outcome": _LABEL,
        "milestones": MapOf(
            "What is done, by id.",
            Group(
                "What is done in some months of the phase.",
                {"label": _LABEL, "months": _MONTHS, "lines": _LINES},
                required=("label", "months"),
            ),
        ),
        "lines": _LINES,
    },
    required=("label", "months"),
)

_METHODOLOGY: Final = Group(
    "A way of selling.",
    {
        "label": _LABEL,
        "steps": MapOf("Its steps in order, by id.", _LABEL),
        "target": Leaf(Kind.TEXT, "The target that says what it should bring.", pattern=ID, hint=ID_HINT),
        "lines": _LINES,
    },
    required=("label",),
)

_TOOLS: Final = Group(
    "Tools of one kind.",
    {
        "label": _LABEL,
        "tools": ListOf(Leaf(Kind.TEXT, "The name of a tool."), "Their names."),
        "target": Leaf(Kind.TEXT, "The target that says what they should bring.", pattern=ID, hint=ID_HINT),
        "lines": _LINES,
    },
    required=("label", "tools"),
)

_CLAIM: Final = Group(
    "What the source promises: a range of its own, or the target that says it.",
    {"label": _LABEL, **_RANGE, "target": _SAYS_IT, "lines": _LINES},
    required=("label",),
    rules=_OWN_RANGE_OR_TARGET,
)

_VERSION: Final = Group(
    "The plan at another size.",
    {
        "label": _LABEL,
        "scale": Leaf(Kind.DECIMAL, "What the totals below are multiplied by, above 0: '1/100'."),
        "scales": ListOf(
            Leaf(Kind.TEXT, "The id of a target, or of a driver of its own.", pattern=ID, hint=ID_HINT),
            "What scales: totals, nothing else.",
        ),
    },
    required=("label", "scale", "scales"),
)

_ID_OF: Final = Leaf(Kind.TEXT, "The id of a target, driver or formula.", pattern=ID, hint=ID_HINT)
_EXACT_NUMBER: Final = "exact, as a number or as a fraction in quotes."
_WHY: Final = _LABEL

_DRIVER: Final = Group(
    "How likely the values of a number are that the company moves or the world decides. Under the id of a target it "
    "takes label, unit and whatever end it does not say from there; under another id it says them itself.",
    {
        "label": _LABEL,
        "lo": _RANGE["lo"],
        "hi": _RANGE["hi"],
        "unit": _RANGE["unit"],
        "shape": Leaf(Kind.TEXT, "How likely each value is; all alike without it.", choices=tuple(Distribution)),
        "likely": Leaf(Kind.DECIMAL, f"The likeliest value, or the one that is fixed: {_EXACT_NUMBER}"),
        "p95": Leaf(Kind.DECIMAL, f"What a normal or lognormal one stays below in 95 of 100 cases: {_EXACT_NUMBER}"),
        "values": ListOf(Leaf(Kind.DECIMAL, f"A value seen before: {_EXACT_NUMBER}"), "What an empirical one was."),
        "ramp": Leaf(Kind.TEXT, "The ramp it follows over the months.", pattern=ID, hint=ID_HINT),
        "why": _WHY,
    },
)

_FORMULA: Final = Group(
    "How a number follows from others. Under the id of a target it needs neither label nor unit.",
    {
        "label": _LABEL,
        "unit": _RANGE["unit"],
        "value": Leaf(Kind.TEXT, "An expression over ids; x.before is what x was the month before."),
        "starts": Leaf(Kind.TEXT, "An expression: what it was before the first month."),
        "better": Leaf(Kind.TEXT, "Which way is better.", choices=tuple(Direction)),
        "why": _WHY,
    },
    required=("value",),
)

_RAMP: Final = Group(
    "How far along something is over the months, as a share of its full value.",
    {
        "label": _LABEL,
        "start": Leaf(Kind.DECIMAL, f"The share before the first month, 0 without it: {_EXACT_NUMBER}"),
        "ends": MapOf(
            "The share at the end of each phase, by its id.", Leaf(Kind.DECIMAL, f"A share: {_EXACT_NUMBER}")
        ),
    },
    required=("label", "ends"),
)

_CORRELATION: Final = Group(
    "Two drivers that go together or against each other.",
    {
        "of": ListOf(_ID_OF, "The ids of the two."),
        "strength": Leaf(Kind.DECIMAL, f"From -1 (against) to 1 (together): {_EXACT_NUMBER}"),
    },
    required=("of", "strength"),
)

_RESPONSE: Final = Group(
    "What spending brings: a curve, told by what its form needs.",
    {
        "label": _LABEL,
        "spend": _ID_OF,
        "unit": _RANGE["unit"],
        "curve": Leaf(Kind.TEXT, "Its form; saturation without it.", choices=tuple(Curve)),
        "most": Leaf(Kind.DECIMAL, f"The most that it could ever bring: {_EXACT_NUMBER}"),
        "half": Leaf(Kind.DECIMAL, f"The spend that brings half of that: {_EXACT_NUMBER}"),
        "steepness": Leaf(Kind.DECIMAL, f"Of a Hill curve; above 1 it starts slowly: {_EXACT_NUMBER}"),
        "brings": Leaf(Kind.DECIMAL, f"What a power brings at a spend that is known: {_EXACT_NUMBER}"),
        "at": Leaf(Kind.DECIMAL, f"That spend: {_EXACT_NUMBER}"),
        "exponent": Leaf(Kind.DECIMAL, f"Of a power; below 1 every further sum brings less: {_EXACT_NUMBER}"),
        "sums": ListOf(
            Leaf(Kind.DECIMAL, f"A spend, rising: {_EXACT_NUMBER}"), "The spends between which it is straight."
        ),
        "bring": ListOf(Leaf(Kind.DECIMAL, f"What that brings, rising: {_EXACT_NUMBER}"), "What each of them brings."),
        "lo": Leaf(Kind.DECIMAL, f"The least to spend; that of the driver without it: {_EXACT_NUMBER}"),
        "hi": Leaf(Kind.DECIMAL, f"The most to spend; that of the driver without it: {_EXACT_NUMBER}"),
        "why": _WHY,
    },
    required=("label", "spend", "unit"),
    rules={
        "oneOf": [
            {
                "properties": {"curve": {"const": curve.value}},
                "required": [*(["curve"] if curve is not Curve.SATURATION else []), *CURVE_KEYS[curve]],
            }
            for curve in Curve
        ]
    },
)

_CAPACITY: Final = Group(
    "What is needed of something, and what there is of it.",
    {
        "label": _LABEL,
        "unit": _RANGE["unit"],
        "needs": Leaf(Kind.TEXT, "An expression over ids: what is needed."),
        "has": Leaf(Kind.TEXT, "An expression over ids: what there is."),
        "why": _WHY,
    },
    required=("label", "unit", "needs", "has"),
)

_SAME_UNIT: Final = Leaf(Kind.TEXT, "The unit in which the plan tells it.")
_RANGE_OTHERWISE: Final = Group(
    "Another range for a target.",
    {"lo": _RANGE["lo"], "hi": _RANGE["hi"], "open": _RANGE["open"], "unit": _SAME_UNIT},
    required=("lo", "unit"),
    rules={"oneOf": _ONE_END},
)
_OTHERWISE: Final[Mapping[str, "Leaf | ListOf | Group | MapOf"]] = {
    "targets": MapOf("Other ranges for targets, by id.", _RANGE_OTHERWISE),
    "budget": MapOf("Other sums of the budget, by id: other ranges for the targets that say them.", _RANGE_OTHERWISE),
    "drivers": MapOf(
        "Other likelihoods of drivers, by id; what is said of the values replaces all that the plan says of them.",
        Group(
            "How likely the values of a driver are instead.",
            {
                **{key: _DRIVER.fields[key] for key in ("lo", "hi", "shape", "likely", "p95", "values", "ramp")},
                "unit": _SAME_UNIT,
            },
            required=("unit",),
        ),
    ),
    "ramps": MapOf(
        "Other ramps by id; phases that are not named stay.",
        Group("How far along something is instead.", {key: _RAMP.fields[key] for key in ("start", "ends")}),
    ),
    "responses": MapOf(
        "Other curves by id; what is not named stays.",
        Group(
            "What spending brings instead.",
            {key: leaf for key, leaf in _RESPONSE.fields.items() if key not in {"label", "spend", "why"}}
            | {"unit": _SAME_UNIT},
            required=("unit",),
        ),
    ),
    "capacities": MapOf(
        "Other capacities by id; what is not named stays.",
        Group(
            "What is needed and what there is instead.",
            {**{key: _CAPACITY.fields[key] for key in ("needs", "has")}, "unit": _SAME_UNIT},
            required=("unit",),
        ),
    ),
}
OVERRIDES: Final = Group("What a scenario says otherwise than the plan that it stands beside.", _OTHERWISE)
_SCENARIO: Final = Group(
    "The plan with some things otherwise.",
    {
        "label": _LABEL,
        "why": _WHY,
        "author": Leaf(Kind.TEXT, "Who thought of it."),
        **_OTHERWISE,
    },
    required=("label",),
)

_EXPRESSION: Final = "in the expression language, over the ids of targets."
_CHECK: Final = Group(
    "A relation that must hold between targets.",
    {
        "statement": _LABEL,
        "value": Leaf(Kind.TEXT, f"What is computed, {_EXPRESSION}"),
        "equals": Leaf(Kind.TEXT, f"What it must equal, {_EXPRESSION}"),
        "at_least": Leaf(Kind.TEXT, f"What it must not be below, {_EXPRESSION}"),
        "at_most": Leaf(Kind.TEXT, f"What it must not be above, {_EXPRESSION}"),
        "parts_of": Leaf(Kind.TEXT, f"The whole that its sum is parts of, {_EXPRESSION}"),
        "unit": Leaf(Kind.TEXT, "The unit of a quantity that is compared with nothing."),
        "group": Leaf(Kind.TEXT, "What it is about, in one word."),
        "holds_if": _LABEL,
        "verdict": Leaf(
            Kind.TEXT,
            "What somebody who read the plan says of it, whatever is computed.",
            choices=(
                "impossible",
                "contradictory",
                "incomplete",
                "ambiguous",
                "knife_edge",
                "partly_consistent",
                "derived",
                "consistent",
            ),
        ),
        "reason": _LABEL,
    },
    required=("statement", "value"),
    rules={"dependentRequired": {"verdict": ["reason"]}},
)

CHECKS: Final = Group(
    "A file of checks for a plan that stands elsewhere.",
    {"checks": MapOf("The checks by id.", _CHECK)},
    required=("checks",),
)

PLAN: Final = Group(
    "A plan: what a company means to reach, as ranges with units, metrics and sources.",
    {
        "plan": Group(
            "What the plan is.",
            {
                "id": Leaf(Kind.TEXT, "Its name in commands and addresses.", pattern=ID, hint=ID_HINT),
                "name": _LABEL,
                "currency": Leaf(
                    Kind.TEXT,
                    "The ISO 4217 code of its money.",
                    pattern=CODE,
                    hint=msg("Use three capital letters, such as EUR."),
                ),
                "months": Leaf(Kind.WHOLE, "How many months it runs."),
                "period": Leaf(Kind.TEXT, "The time that targets without one are measured over.", choices=tuple(Grain)),
                "document": Leaf(Kind.TEXT, "The file name of the document it was taken from."),
                "sha256": Leaf(
                    Kind.TEXT,
                    "The SHA-256 of that document, in hexadecimal.",
                    pattern=r"[0-9a-f]{64}",
                    hint=msg("It has 64 hexadecimal digits."),
                ),
            },
            required=("id", "name", "currency", "months"),
        ),
        "units": MapOf(
            "Things that only this plan counts: one = 'many'.",
            Leaf(Kind.TEXT, "Many of them.", pattern=r"[a-z]{1,40}", hint=msg("Use small letters.")),
        ),
        "pillars": MapOf(
            "The lines of business.", Group("A line of business.", {"label": _LABEL}, required=("label",))
        ),
        "targets": MapOf("The targets by id.", _TARGET),
        "parts": MapOf("What targets are the sum of, by id.", _PART),
        "prices": MapOf("The price list by id.", _PRICE),
        "channels": MapOf("The ways to customers by id.", _CHANNEL),
        "budget": MapOf("The sums of the budget by id.", _BUDGET),
        "phases": MapOf("The phases of the plan by id.", _PHASE),
        "methodologies": MapOf("The ways of selling by id.", _METHODOLOGY),
        "stack": MapOf("The tools by kind.", _TOOLS),
        "claims": MapOf("What else the source promises, by id.", _CLAIM),
        "drivers": MapOf("What the company moves or the world decides, by id.", _DRIVER),
        "formulas": MapOf("What follows from other numbers, by id.", _FORMULA),
        "ramps": MapOf("How things get going over the months, by id.", _RAMP),
        "correlations": MapOf("Which drivers go together, by id.", _CORRELATION),
        "responses": MapOf("What spending on channels brings, by id.", _RESPONSE),
        "capacities": MapOf("What is needed and what there is of it, by id.", _CAPACITY),
        "versions": MapOf("The plan at other sizes, by id.", _VERSION),
        "scenarios": MapOf("The plan with some things otherwise, by id.", _SCENARIO),
        "checks": MapOf("What must hold between the targets, by id.", _CHECK),
    },
    required=("plan", "targets"),
)
