"""The tags that pages are written with; `docs/reference/components.md` shows one example of each."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date as day_type
from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import BaseForm, BoundField
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from caudal.core.errors import Finding, Severity
from caudal.core.money import Money
from caudal.ui import band as bands
from caudal.ui import bundle, formats
from caudal.ui import sparkline as sparklines
from caudal.ui.charts import Chart, themed
from caudal.ui.formats import NOT_APPLICABLE, Number, Unit, reader_locale
from caudal.ui.icons import ICONS, SHAPES
from caudal.ui.tables import Cell, Column, Pager, Table
from caudal.ui.timelines import Moment, by_day

register = template.Library()
TONES = ("good", "warn", "bad", "plan", "accent", "idle")


# Numbers


@register.simple_tag
def number(value: Number | None, places: int | None = None, *, sign: bool = False) -> SafeString:
    """Show a plain number; nothing for None ("nobody knows yet")."""
    return figure(None if value is None else formats.number_text(value, reader_locale(), places=places, sign=sign))


@register.simple_tag
def money(
    value: Money | Number | None, currency: str = "", *, whole: bool = False, sign: bool = False, name: bool = True
) -> SafeString:
    """Show a `Money`, or an amount in major units with its `currency`; `whole` without decimals, `name=False` bare."""
    return figure(money_words(value, currency, whole=whole, sign=sign, name=name))


@register.simple_tag
def sum_of(value: Money | None, href: str) -> SafeString:
    """Show an amount that was added up, leading to what it is made of. One that leads nowhere is our mistake."""
    if value and not href:
        raise ValueError("A sum leads to what it is made of: to a page, or to a part of this one (#...).")
    return format_html('<a href="{}">{}</a>', href, money(value)) if value else money(value)


@register.filter("money")
def money_filter(value: Money | Number | None, currency: str = "") -> str:
    """Write money inside a sentence: `{% blocktranslate with total=deal.amount|money %}`."""
    return money_words(value, currency) or ""


def money_words(
    value: Money | Number | None, currency: str = "", *, whole: bool = False, sign: bool = False, name: bool = True
) -> str | None:
    if value is None:
        return None
    amount, currency = (value.amount, value.currency.code) if isinstance(value, Money) else (value, currency)
    return formats.money_text(amount, currency, reader_locale(), whole=whole, sign=sign, name=name)


@register.simple_tag
def percent(value: Number | None, places: int = 1, *, sign: bool = False) -> SafeString:
    """Show a share of 1 as percent."""
    return figure(None if value is None else formats.percent_text(value, reader_locale(), places=places, sign=sign))


@register.filter("percent")
def percent_filter(value: Number | None) -> str:
    """Write a share inside a sentence."""
    return "" if value is None else formats.percent_text(value, reader_locale())


@register.filter("number")
def number_filter(value: Number | None) -> str:
    """Write a number inside a sentence."""
    return "" if value is None else formats.number_text(value, reader_locale())


@register.simple_tag
def points(value: Number | None) -> SafeString:
    """Show the change of a share in points, with its sign."""
    return figure(None if value is None else formats.points_text(value, reader_locale()))


@register.simple_tag
def quantity(value: Number | None, unit: Unit) -> str:
    """Show a number with its unit: money, count, share or days, and what it is counted per."""
    return figure(None if value is None else formats.quantity_text(value, unit, reader_locale()))


@register.simple_tag
def interval(lo: Number | None, hi: Number | None, unit: Unit) -> str:
    """Show an interval of values in words: "40 to 60", "at least 40"."""
    return figure(formats.interval_text(lo, hi, unit, reader_locale()))


@register.simple_tag
def void() -> SafeString:
    """Show that a value does not apply here, which differs from nobody knowing it."""
    return format_html(
        '<span class="table-void"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span></span>',
        NOT_APPLICABLE,
        gettext("not applicable"),
    )


def figure(text: str | None) -> SafeString:
    return format_html('<span class="num">{}</span>', text) if text else SafeString()


# Dates


@register.simple_tag(takes_context=True)
def date(context: Mapping[str, Any], value: day_type | datetime | None, now: datetime | None = None) -> str:
    """Show a day or an instant, in words within a week of `now` (the page's `now`), in full on hover."""
    return moment_html(value, now or context.get("now"))


def moment_html(value: day_type | datetime | None, now: datetime | None) -> SafeString:
    if value is None:
        return SafeString()
    locale, zone = reader_locale(), timezone.get_current_timezone()
    if isinstance(value, datetime):
        words = formats.instant_text(value, locale, zone, now=now)
        full, machine = formats.full_instant_text(value, locale, zone), value.isoformat()
    else:
        words = formats.day_text(value, locale, today=now.astimezone(zone).date() if now else None)
        full, machine = formats.full_day_text(value, locale), value.isoformat()
    return format_html('<time datetime="{}" title="{}">{}</time>', machine, full, words)


# Signs


@register.simple_tag
def icon(name: str, label: str = "") -> str:
    """Draw an icon; with a `label` it speaks, without one it is decoration."""
    drawing = mark_safe(ICONS[name])  # noqa: S308  our own drawings
    if label:
        return format_html('<svg class="icon" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>', label, drawing)
    return format_html('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', drawing)


@register.simple_tag
def state(word: str, tone: str = "idle", *, pill: bool = False) -> SafeString:
    """Show a state as a word, a shape and a colour. `tone`: good, warn, bad, plan, accent or idle."""
    if not word:
        return SafeString()
    return format_html(
        '<span class="state{} tone-{}">'
        '<svg class="state-shape" viewBox="0 0 10 10" aria-hidden="true">{}</svg>{}</span>',
        " state-pill" if pill else "",
        tone if tone in TONES else "idle",
        mark_safe(SHAPES.get(tone, SHAPES["idle"])),  # noqa: S308  our own drawings
        word,
    )


@register.simple_tag
def tags(borne: Iterable[tuple[str, ...]]) -> SafeString:
    """Show tags side by side: each is a word, its tone and, where it leads somewhere, an address."""
    drawn = [
        format_html('<{} class="tag tone-{}"{}>{}</{}>', name, tone if tone in TONES else "idle", to, word, name)
        for word, tone, *to_there in borne
        for name, to in [("a", format_html(' href="{}"', to_there[0])) if to_there else ("span", "")]
    ]
    return (
        format_html('<span class="tags">{}</span>', format_html_join("", "{}", ((each,) for each in drawn)))
        if drawn
        else SafeString()
    )


@register.simple_tag
def avatar(name: str, kind: str = "person", *, large: bool = False) -> str:
    """Draw the initials of a person or a company beside its name."""
    words = [word for word in name.replace(".", " ").split() if word[0].isalnum()]
    initials = "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
    classes = "avatar" + (" avatar-company" if kind == "company" else "") + (" avatar-large" if large else "")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, initials)


@register.simple_tag
def keys(combination: str) -> str:
    """Show keys to press: `{% keys "g p" %}`."""
    parts = format_html_join("", "<kbd>{}</kbd>", ((part,) for part in combination.split()))
    return format_html('<span class="keys" aria-hidden="true">{}</span>', parts)


# Drawings


@register.inclusion_tag("ui/band.html")
def band(value: bands.Band, *, width: int = bands.WIDTH, scale: bool = False, caption: bool = False) -> dict[str, Any]:
    """Draw a target with its figures. `scale` writes both ends below, `caption` the interval and the figures."""
    locale = reader_locale()
    drawing = bands.draw(value, width=width)
    bare = Unit(value.unit.kind, value.unit.currency)
    return {
        "band": value,
        "drawing": drawing,
        "caption": caption,
        "words": band_words(value),
        "interval": formats.interval_text(value.lo, value.hi, value.unit, locale),
        "scale": (formats.quantity_text(drawing.start, bare, locale), formats.quantity_text(drawing.end, bare, locale))
        if scale
        else None,
    }


def band_words(value: bands.Band) -> str:
    """Tell in one sentence what the band draws, for those who hear it."""
    locale = reader_locale()
    bare = Unit(value.unit.kind, value.unit.currency)
    parts = [value.label, value.state]
    target = formats.interval_text(value.lo, value.hi, value.unit, locale)
    if target:
        parts.append(gettext("target %(value)s") % {"value": target})
    for template_text, known in (
        (gettext("actual %(value)s"), value.actual),
        (gettext("projection %(value)s"), value.projection),
        (gettext("due today %(value)s"), value.pace),
    ):
        if known is not None:
            parts.append(template_text % {"value": formats.quantity_text(known, bare, locale)})
    if value.actual is None:
        parts.append(gettext("no data yet"))
    return ", ".join(part for part in parts if part)


@register.inclusion_tag("ui/band_legend.html")
def band_legend() -> dict[str, Any]:
    """Say once per page what the marks of a band mean."""
    return {}


@register.inclusion_tag("ui/sparkline.html")
def sparkline(value: sparklines.Sparkline) -> dict[str, Any]:
    """Draw a short series in a line of text."""
    locale = reader_locale()
    known = [item for item in value.values if item is not None]
    words = gettext("no data yet")
    if known:
        bare = Unit(value.unit.kind, value.unit.currency)
        words = gettext("from %(first)s to %(last)s") % {
            "first": formats.quantity_text(known[0], bare, locale),
            "last": formats.quantity_text(known[-1], bare, locale),
        }
    return {
        "drawing": sparklines.draw(value),
        "words": ": ".join(part for part in (value.label, words) if part),
    }


@register.inclusion_tag("ui/chart.html", takes_context=True)
def chart(context: Mapping[str, Any], value: Chart) -> dict[str, Any]:
    """Draw a Vega-Lite specification with its table beside it. The title says the finding."""
    spec = json.dumps(themed(value), cls=DjangoJSONEncoder, ensure_ascii=False)
    return {"chart": value, "spec": spec, "id": f"chart-{value.id}", "now": context.get("now")}


# Pieces of pages


@register.inclusion_tag("ui/table.html", takes_context=True)
def table(context: Mapping[str, Any], value: Table) -> dict[str, Any]:
    """Draw a table of values; on a phone every row is a card of three lines."""
    return {"table": value, "now": context.get("now")}


@register.simple_tag(takes_context=True)
def cells(context: Mapping[str, Any], row: Iterable[tuple[Column, Cell]], href: str = "", edit_href: str = "") -> str:
    """Show the cells of a row, the first as its heading, which leads to `href`. In Python: a list has hundreds."""
    now = context.get("now")
    shown = [(column, cell_html(column, value, now)) for column, value in row]
    (first, heading), *others = shown
    named = format_html('<a href="{}">{}</a>', href, heading) if href else heading
    parts = [f'<th scope="row" class="{cell_class(first)}">{named}{cell_edit(first, edit_href)}</th>']
    parts += [
        f'<td class="{cell_class(column)}"{cell_data(column)}>{text}{cell_edit(column, edit_href)}</td>'
        for column, text in others
    ]
    return mark_safe("".join(parts))  # noqa: S308  every part was escaped where it was made


@register.simple_tag
def cell_edit(column: Column, edit_href: str) -> SafeString:
    """Lead to the place where a cell is edited."""
    if not edit_href or not column.edit:
        return SafeString()
    label = gettext("Edit %(name)s") % {"name": column.label}
    return format_html('<a class="cell-edit" href="{}{}" aria-label="{}"></a>', edit_href, column.edit, label)


def cell_class(column: Column) -> str:
    if column.numeric:
        return f"num line-{column.line}"
    return f"line-{column.line} table-short" if column.short else f"line-{column.line}"


def cell_data(column: Column) -> str:
    """What a card writes beside a figure: its column and its unit; and the formula that an edit draws anew."""
    computed = format_html(' data-computed="{}"', column.computed) if column.computed else ""
    if not column.numeric:
        return computed
    said = column.unit or column.currency
    unit = format_html(' data-unit="{}"', said) if said else ""
    return format_html(' data-label="{}"{}{}', column.label, unit, computed)


@register.simple_tag(takes_context=True)
def cell(context: Mapping[str, Any], column: Column, value: Cell) -> str:
    """Show one cell as its column's kind says."""
    return cell_html(column, value, context.get("now"))


def cell_html(column: Column, value: Cell, now: datetime | None) -> SafeString:
    shown = cell_value(column, value, now)
    if value.href and shown:
        shown = format_html('<a href="{}">{}</a>', value.href, shown)
    if value.note:
        shown = format_html('{}<span class="table-note">{}</span>', shown, value.note)
    return shown


def cell_value(column: Column, given: Cell, now: datetime | None) -> SafeString:
    value: Any = given.value  # what it is, the column's kind says
    if given.void:
        return void()
    if value is None or isinstance(value, SafeString):
        return value or SafeString()
    if column.kind == "money":
        return money(value, given.currency or column.currency, whole=column.whole, name=not column.currency)
    if column.kind == "date":
        return moment_html(value, now)
    if column.kind == "state":
        return state(str(value), given.tone)
    drawing: Mapping[str, Callable[..., Any]] = {
        "number": number,
        "percent": percent,
        "points": points,
        "days": number,
        "tags": tags,
    }
    drawn: SafeString = drawing.get(column.kind, conditional_escape)(value)
    return drawn


@register.inclusion_tag("ui/pager.html")
def pager(value: Pager) -> dict[str, Any]:
    """Say which rows are shown, and lead to the others."""
    return {"pager": value}


@register.inclusion_tag("ui/timeline.html", takes_context=True)
def timeline(context: Mapping[str, Any], moments: Iterable[Moment], next_href: str = "") -> dict[str, Any]:
    """Show what happened, newest first, by day; `next_href` leads to earlier moments."""
    now = context.get("now")
    zone = timezone.get_current_timezone()
    today = now.astimezone(zone).date() if now else None
    locale = reader_locale()
    days = [(day, formats.day_text(day, locale, today=today), group) for day, group in by_day(moments, zone)]
    return {"days": days, "zone": zone, "next_href": next_href}


@register.simple_tag
def clock_time(value: datetime) -> str:
    """Show the time of day of an instant whose day is written above it."""
    locale, zone = reader_locale(), timezone.get_current_timezone()
    full = formats.full_instant_text(value, locale, zone)
    clock = value.astimezone(zone).strftime("%H:%M")
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), full, clock)


@register.inclusion_tag("ui/empty.html")
def empty_state(
    title: str, text: str = "", *, icon: str = "info", href: str = "", action: str = "", example: str = ""
) -> dict[str, Any]:
    """Teach what will stand here, with the one action that starts it and an example."""
    return {"title": title, "text": text, "icon": icon, "href": href, "action": action, "example": example}


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Show a form field: label above, help and error under it."""
    return {"field": bound}


@register.inclusion_tag("ui/summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """List what is wrong in a form, each with a link to its field."""
    return {"form": form}


@register.inclusion_tag("ui/findings.html")
def findings(values: Iterable[Finding]) -> dict[str, Any]:
    """List findings with their weight and their place."""
    words = {
        Severity.ERROR: (gettext("error"), "bad"),
        Severity.CHOICE: (gettext("choice"), "warn"),
        Severity.NOTE: (gettext("note"), "idle"),
    }
    return {"findings": [(finding, *words[finding.severity], finding.told(gettext)) for finding in values]}


@register.inclusion_tag("ui/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, Any]:
    """Show how far long work is, with counts."""
    locale = reader_locale()
    return {
        "done": done,
        "total": total,
        "label": label,
        "words": gettext("%(done)s of %(total)s")
        % {"done": formats.number_text(done, locale), "total": formats.number_text(total, locale)},
    }


@register.simple_tag
def rows_count(count: int) -> str:
    """Write how many rows a list holds."""
    return ngettext("%(count)s row", "%(count)s rows", count) % {"count": formats.number_text(count, reader_locale())}


# The page's own files


@register.simple_tag
def ui_styles() -> str:
    """Link the one stylesheet."""
    address = reverse("ui:stylesheet", args=[bundle.stylesheet().digest])
    return format_html('<link rel="stylesheet" href="{}">', address)


@register.simple_tag
def ui_scripts() -> str:
    """Link htmx and the one script, and tell them what they may do."""
    htmx = {
        "allowEval": False,
        "selfRequestsOnly": True,
        "allowScriptTags": False,
        "includeIndicatorStyles": False,
        "attributesToSettle": [],  # an element has its own attributes from the first moment on
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "304", "swap": False},  # what is shown is still so
            {"code": "[23]..", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    }
    return format_html(
        '<meta name="htmx-config" content="{}"><meta name="vega" content="{}">'
        '<script src="{}" defer></script><script src="{}" defer></script>',
        json.dumps(htmx),
        static("ui/vendor/vega.js"),
        static("django_htmx/htmx-2.min.js" if not settings.DEBUG else "django_htmx/htmx-2.js"),
        reverse("ui:script", args=[bundle.script().digest]),
    )


# Small things that our own templates need


@register.filter
def unlocal(value: object) -> str:
    """Write a coordinate as SVG reads it, whatever the reader's decimal sign."""
    return f"{value}"


@register.filter
def minus(value: Any, other: Any) -> str:
    """Write the difference of two coordinates."""
    return f"{value - other}"


@register.filter
def notice_tone(level: str) -> str:
    """Return the tone of a message's level."""
    return {"success": "good", "warning": "warn", "error": "bad"}.get(level, "accent")


@register.filter
def notice_icon(level: str) -> str:
    """Return the icon of a message's level."""
    return {"success": "check", "warning": "warning", "error": "problem"}.get(level, "info")
