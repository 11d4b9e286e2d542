"""What the component page shows: every component in every state, with figures of an invented company."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from caudal.core.errors import Finding, Place, Severity, msg
from caudal.core.money import Money
from caudal.ui.band import Band
from caudal.ui.charts import Chart, Fan, Swing, fan, tornado
from caudal.ui.formats import COUNT, DAYS, SHARE, Unit
from caudal.ui.icons import ICONS
from caudal.ui.sparkline import Sparkline
from caudal.ui.tables import Cell, Column, Pager, Row, Table
from caudal.ui.timelines import Change, Moment

NOW: Final = datetime(2026, 3, 4, 15, 40, tzinfo=UTC)
EUR = Unit("money", "EUR")


class ExampleForm(forms.Form):
    """A form with one field of each kind."""

    name = forms.CharField(max_length=80)
    amount = forms.DecimalField(required=False, max_digits=12, decimal_places=2)
    stage = forms.ChoiceField()
    close_date = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    channel = forms.ChoiceField(widget=forms.RadioSelect)
    hot = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("As your customer calls it.")
        self.fields["amount"].label = _("Amount in euros")
        self.fields["stage"] = forms.ChoiceField(
            label=_("Stage"), choices=[("proposal", _("Proposal")), ("negotiation", _("Negotiation"))]
        )
        self.fields["close_date"].label = _("Expected to close")
        self.fields["note"].label = _("Note")
        self.fields["channel"] = forms.ChoiceField(
            label=_("Channel"),
            widget=forms.RadioSelect,
            choices=[("webinar", _("Webinar")), ("partner", _("Partner"))],
        )
        self.fields["hot"].label = _("Tell me when it is opened")


def everything() -> dict[str, Any]:
    """Return the values of every example."""
    return {
        "title": _("Components"),
        "now": NOW,
        "schemes": [("light", _("Light")), ("dark", _("Dark"))],
        "icons": sorted(ICONS),
        "tones": tones(),
        "instants": [
            NOW - timedelta(minutes=50),
            NOW - timedelta(days=1),
            NOW - timedelta(days=4),
            NOW - timedelta(days=400),
        ],
        "days": [NOW.date() + timedelta(days=1), NOW.date() + timedelta(days=5), NOW.date() + timedelta(days=40)],
        "money_sample": Money.of("1234567.50", "EUR"),
        "money_owed": Money.of("-1210.00", "USD"),
        "ratio": Fraction(3, 8),
        "change": Decimal("-0.0235"),
        "bands": bands(),
        "hero": bands()[0],
        "sparklines": sparklines(),
        "empty_sparkline": Sparkline((None, None)),
        "chart_value": chart(),
        "fan_value": fan_chart(),
        "tornado_value": tornado_chart(),
        "table_value": table(),
        "pager_value": Pager(1, 50, 4238, next_href="?page=2"),
        "moments": moments(),
        "findings": findings(),
        "form_empty": ExampleForm(prefix="new"),
        "form_wrong": ExampleForm({"wrong-amount": "twelve", "wrong-stage": "proposal"}, prefix="wrong"),
        "board": board(),
    }


def tones() -> list[tuple[str, str]]:
    """Return a state for each tone."""
    return [
        (_("on pace"), "good"),
        (_("4 days behind"), "warn"),
        (_("off track"), "bad"),
        (_("planned"), "plan"),
        (_("in progress"), "accent"),
        (_("no data yet"), "idle"),
    ]


def bands() -> list[Band]:
    """Return a band for each shape a target can have."""
    per_month = Unit("money", "EUR", "month")
    return [
        Band(40, 60, 31, 52, 29, Unit("count", per="month"), "good", _("on pace"), _("New customers"), "#"),
        Band(150_000, 300_000, 61_500, 118_000, 88_000, per_month, "warn", _("4 days behind"), _("Revenue won"), "#"),
        Band(400, None, 268, 431, 250, Unit("count", per="month"), "good", _("on pace"), _("Leads"), "#"),
        Band(None, 30, Decimal("51.8"), None, None, DAYS, "bad", _("off track"), _("Time to close"), "#"),
        Band(
            Fraction(1, 5), Fraction(3, 10), Fraction(1, 4), None, None, SHARE, "good", _("on pace"), _("Win rate"), "#"
        ),
        Band(8000, 12_000, 61_000, None, None, EUR, "good", _("far above"), _("Deal size"), "#"),
        Band(5000, 9000, None, None, 2100, COUNT, "idle", _("no data yet"), _("Documents"), "#"),
        Band(10, 10, 4, 8, 5, COUNT, "bad", _("off track"), _("Partners"), "#"),
    ]


def sparklines() -> list[Sparkline]:
    """Return series with and without gaps and targets."""
    return [
        Sparkline((12, 15, 14, 18, 22, 21, 26, 31), unit=COUNT, label=_("New customers")),
        Sparkline((31, 30, 28, None, 24, 22, 23, 19), unit=COUNT, label=_("Leads")),
        Sparkline((4, 6, 5, 7, 6, 8), lo=5, hi=7, unit=COUNT, label=_("Deals")),
    ]


def fan_chart() -> Chart:
    """Return what leads may come to, with the target."""
    steps = [
        Fan(f"2026-0{month}", 20 + 4 * month, 30 + 9 * month, 42 + 15 * month, f"{30 + 9 * month}")
        for month in range(1, 7)
    ]
    rows = [Row((step.at, int(step.low), int(step.middle), int(step.high))) for step in steps]
    columns = (
        Column(_("Month")),
        Column(_("Low"), "number"),
        Column(_("Middle"), "number"),
        Column(_("High"), "number"),
    )
    title = _("Leads will most likely pass the plan in May")
    return Chart("showcase-fan", title, fan(steps, bound=75), Table(columns, rows, caption=title))


def tornado_chart() -> Chart:
    """Return what moves revenue most."""
    swings = [
        Swing(_("Win rate"), 82, 121, "82", "121"),
        Swing(_("Leads"), 90, 112, "90", "112"),
        Swing(_("Deal size"), 97, 104),
    ]
    rows = [Row((swing.of, int(swing.at_low), int(swing.at_high))) for swing in swings]
    columns = (Column(_("What")), Column(_("Low"), "number"), Column(_("High"), "number"))
    title = _("The win rate moves revenue most")
    return Chart(
        "showcase-tornado", title, tornado(swings, middle=100), Table(columns, rows, caption=title), short=True
    )


def chart() -> Chart:
    """Return a chart with a plan beside it."""
    months = ["2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]
    actual = [91, 104, 88, 121, 133, 74]
    planned = [100, 105, 110, 115, 120, 125]
    values = [
        {"month": month, "leads": count, "plan": goal}
        for month, count, goal in zip(months, actual, planned, strict=True)
    ]
    spec = {
        "data": {"values": values},
        "encoding": {"x": {"field": "month", "type": "ordinal", "title": None, "axis": {"labelAngle": 0}}},
        "layer": [
            {
                "mark": {"type": "bar", "color": "--accent", "size": 26, "tooltip": True},
                "encoding": {"y": {"field": "leads", "type": "quantitative", "title": None}},
            },
            {
                "mark": {"type": "line", "color": "--plan", "strokeDash": [4, 3], "interpolate": "step"},
                "encoding": {"y": {"field": "plan", "type": "quantitative"}},
            },
        ],
    }
    rows = [Row((month, count, goal), href="#") for month, count, goal in zip(months, actual, planned, strict=True)]
    return Chart(
        id="leads",
        title=_("Leads passed the plan in January and February; March is not over"),
        spec=spec,
        table=Table(
            (Column(_("Month")), Column(_("Leads"), "number"), Column(_("Plan"), "number")), rows, caption=_("Leads")
        ),
        note=_("Leads per month; the dashed line is the plan."),
    )


def table() -> Table:
    """Return a list of deals with every kind of cell."""
    columns = (
        Column(_("Deal"), href="?sort=name"),
        Column(_("Stage"), "state"),
        Column(_("Owner")),
        Column(_("Amount"), "money", unit="€", currency="EUR", whole=True, href="?sort=amount", sorted="descending"),
        Column(_("Probability"), "percent"),
        Column(_("Last touch"), "date", line=3),
        Column(_("Days in stage"), "number"),
    )
    given = (
        (_("Document archive"), "Globex", _("Negotiation"), "accent", "Marta Ibáñez", 1_280_000, "0.75", 1, 12),
        (_("Professional plan, 40 seats"), "Acme", _("Proposal"), "accent", "Jon Etxeberria", 86_400, "0.5", 3, 31),
        (_("Webinar series"), "Initech", _("rotting"), "warn", "Marta Ibáñez", 12_500, "0.25", 38, 64),
        (_("Course for the sales team"), "Umbrella", _("won"), "good", "Ana Ruiz", 4_900, "1", 0, 0),
        (_("Credit for March"), "Hooli", _("lost"), "bad", None, -1_210, "0", 6, None),
    )
    rows = [
        Row(
            (
                Cell(name, note=company),
                Cell(stage, tone=tone),
                owner,
                Money.of(amount, "EUR"),
                Decimal(chance),
                NOW - timedelta(days=ago),
                Cell(age, void=age is None),
            ),
            href="#",
            id=str(index),
        )
        for index, (name, company, stage, tone, owner, amount, chance, ago, age) in enumerate(given)
    ]
    # 1,280,000 + 86,400 + 12,500 + 4,900 - 1,210
    totals = (Cell(_("5 deals")), None, None, Money.of(1_382_590, "EUR"), None, None, None)
    return Table(columns, rows, totals, caption=_("Deals"), selectable=True)


def moments() -> list[Moment]:
    """Return a timeline with every kind of moment."""
    return [
        Moment(
            NOW - timedelta(minutes=50),
            _("moved the deal to Negotiation"),
            "Marta Ibáñez",
            "sell",
            changes=(Change(_("Stage"), _("Proposal"), _("Negotiation")), Change(_("Probability"), "50%", "75%")),
        ),
        Moment(
            NOW - timedelta(hours=3),
            _("called Hank Scorpio"),
            "Marta Ibáñez",
            "phone",
            body=_("They need the archive searchable before June. Asked for references."),
        ),
        Moment(NOW - timedelta(days=1, hours=2), _("sent the proposal"), "Jon Etxeberria", "mail", href="#"),
        Moment(NOW - timedelta(days=9), _("came from the webinar of 23 February"), "", "lead", tone="accent"),
        Moment(NOW - timedelta(days=9, hours=1), "", "", "person", erased=True),
    ]


def findings() -> list[Finding]:
    """Return a finding of each weight."""
    return [
        Finding(
            "import.no_stage",
            msg("{stage} is no stage of this pipeline."),
            Severity.ERROR,
            Place("deals.csv", 212, 3, "stage"),
            msg("Add the stage, or correct the row."),
            {"stage": "Nurturing"},
        ),
        Finding(
            "import.name_taken",
            msg("{name} was read as {taken}."),
            Severity.CHOICE,
            Place("deals.csv", 17, 5, "product"),
            params={"name": "GTXPro", "taken": "GTX Pro"},
        ),
        Finding("import.file_skipped", msg("data_dictionary.csv holds nothing to import."), Severity.NOTE),
    ]


def board() -> list[tuple[str, Money, list[tuple[str, str, Money, str, str]]]]:
    """Return the columns of a board, each with its cards."""
    return [
        (
            _("Qualified"),
            Money.of(21_300, "EUR"),
            [
                (_("Webinar series"), "Initech", Money.of(12_500, "EUR"), _("38 days quiet"), "warn"),
                (_("Course for the sales team"), "Umbrella", Money.of(8_800, "EUR"), _("in progress"), "accent"),
            ],
        ),
        (
            _("Proposal"),
            Money.of(86_400, "EUR"),
            [(_("Professional plan, 40 seats"), "Acme", Money.of(86_400, "EUR"), _("in progress"), "accent")],
        ),
        (_("Negotiation"), Money.of(0, "EUR"), []),
    ]
