"""The form of a formula."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from caudal.kit.formulas import FORMULA_LONGEST
from caudal.workspace.forms.entries import OwnFieldForm
from caudal.workspace.models import CustomField


class FormulaForm(OwnFieldForm):
    """A formula: what it is called, and the expression that computes it."""

    formula = forms.CharField(
        label=_("Formula"),
        help_text=_('For example: amount - custom.cost, or if(amount > 10000, "Large", "Small").'),
        widget=forms.Textarea(
            attrs={
                "class": "code",
                "rows": 4,
                "maxlength": FORMULA_LONGEST,
                "spellcheck": "false",
                "autocapitalize": "none",
            }
        ),
    )
    decimals = forms.IntegerField(
        label=_("Decimals"),
        required=False,
        min_value=0,
        max_value=6,
        help_text=_("Of a number; an amount has those of its currency. Two, if nothing is said."),
    )

    OTHERS: Final = ("type", "currency", "link_kind", "options", "unit", "required")
    """What formulas have no use for."""

    def __init__(self, *args: Any, field: CustomField | None = None, trial: str, **kwargs: Any) -> None:
        """Take the formula to change, if it is there, and the address that tries one while it is typed."""
        super().__init__(*args, field=field, **kwargs)
        for name in self.OTHERS:
            self.fields.pop(name, None)
        self.order_fields(["label", "label_es", "key", "help", "position", "decimals", "formula"])
        self.fields["formula"].widget.attrs |= {
            "hx-post": trial,
            "hx-trigger": "input changed delay:400ms",
            "hx-target": "#trial",
            "hx-swap": "outerHTML",
            "hx-sync": "this:replace",
            "hx-include": "closest form",
            "aria-describedby": "trial",
        }
