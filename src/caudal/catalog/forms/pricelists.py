"""The form of a price list that somebody sends."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caudal.catalog.forms.costs import day_field


class PriceListForm(forms.Form):
    """A file, and from when on its prices hold that say no day."""

    file = forms.FileField(label=_("File"), help_text=_("CSV, XLSX or ODS, as it is taken out here."))
    from_date = day_field(_("From"), help_text=_("Of prices that say no day of their own."))

    def __init__(self, data: Any, files: Any = None) -> None:
        super().__init__(data, files)
