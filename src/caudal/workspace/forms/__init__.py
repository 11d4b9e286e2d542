"""Forms of the workspace, by topic."""

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
from caudal.workspace.forms.people import MemberForm, ShareForm, last_day

__all__ = [
    "ChangePasswordForm",
    "CompanyForm",
    "DecisionForm",
    "ForgottenPasswordForm",
    "FormulaForm",
    "KeyForm",
    "MemberForm",
    "NoticeForm",
    "OwnFieldForm",
    "PasswordForm",
    "PasswordFromKeyForm",
    "RateFileForm",
    "SetPasswordForm",
    "ShareForm",
    "SignInForm",
    "last_day",
]
