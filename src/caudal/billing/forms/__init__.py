"""Forms of billing."""

from caudal.billing.forms.documents import IssueForm, VoidForm

__all__ = ["IssueForm", "VoidForm"]
