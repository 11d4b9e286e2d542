"""Forms of billing."""

from caudal.billing.forms.documents import IssueForm, VoidForm
from caudal.billing.forms.running import RunForm, TaxRateForm

__all__ = [
    "IssueForm",
    "RunForm",
    "TaxRateForm",
    "VoidForm",
]
