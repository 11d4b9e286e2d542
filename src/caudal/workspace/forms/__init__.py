"""Forms of the workspace, by topic."""

from caudal.workspace.forms.entities import EntityForm
from caudal.workspace.forms.entries import (
    ChangePasswordForm,
    CompanyForm,
    DecisionForm,
    ForgottenPasswordForm,
    KeyForm,
    NoticeForm,
    OwnFieldForm,
    PasswordForm,
    PasswordFromKeyForm,
    RateFileForm,
    SetPasswordForm,
    SignInForm,
)
from caudal.workspace.forms.formulas import FormulaForm
from caudal.workspace.forms.people import LeavingForm, MemberForm, ShareForm, TeamForm, last_day
from caudal.workspace.forms.webhooks import WebhookForm

__all__ = [
    "ChangePasswordForm",
    "CompanyForm",
    "DecisionForm",
    "EntityForm",
    "ForgottenPasswordForm",
    "FormulaForm",
    "KeyForm",
    "LeavingForm",
    "MemberForm",
    "NoticeForm",
    "OwnFieldForm",
    "PasswordForm",
    "PasswordFromKeyForm",
    "RateFileForm",
    "SetPasswordForm",
    "ShareForm",
    "SignInForm",
    "TeamForm",
    "WebhookForm",
    "last_day",
]
