"""Words that several pages say."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from caudal.core.money import Money
from caudal.ui.formats import number_text, reader_locale
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
