"""Words that several pages say."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from caudal.core.money import Money
from caudal.crm.models import Activity
from caudal.ui.formats import due_text, number_text, reader_locale
from caudal.ui.lists.tables import sum_text


def deals_words(count: int) -> str:
    """Write how many deals."""
    return ngettext("%(count)s deal", "%(count)s deals", count) % {"count": number_text(count, reader_locale())}


def count_words(count: int, amounts: Iterable[Money] = ()) -> str:
    """Write how many deals, and what they are worth."""
    worth = sum_text(tuple(amounts))
    return _("%(deals)s, %(worth)s") % {"deals": deals_words(count), "worth": worth} if worth else deals_words(count)


def days_words(days: int) -> str:
    """Write a number of days."""
    if not days:
        return _("less than a day")
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": number_text(days, reader_locale())}


def due_words(found: Activity, as_of: datetime) -> str:
    """Write when an activity is due."""
    zone = timezone.get_current_timezone()
    return due_text(found.due_date, found.due_at, reader_locale(), zone, now=as_of)
