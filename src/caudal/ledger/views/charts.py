"""The chart of accounts: what each is for and holds, others to add, and other names."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.kit.access import Verb, may, require
from caudal.kit.forms import kept, status_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ledger import actions, queries
from caudal.ledger.forms import AccountForm
from caudal.ledger.models import Account, AccountNature
from caudal.ledger.queries import Balance
from caudal.ledger.views.statements import amounts_told
from caudal.ui.tables import Cell, Column, Row, Table, query

PURPOSES: Final[Mapping[str, str | Promise]] = {
    "bank": gettext_lazy("Money at the bank; costs are paid from it"),
    "clearing": gettext_lazy("Payments that have not arrived at the bank yet"),
    "receivable": gettext_lazy("Invoices that customers have not paid"),
    "unbilled": gettext_lazy("Earned before it is invoiced"),
    "exchange": gettext_lazy("What an exchange of currencies has open"),
    "payable": gettext_lazy("Suppliers' invoices that are not paid"),
    "salaries_payable": gettext_lazy("Salaries that are not paid yet"),
    "tax_payable": gettext_lazy("Taxes on invoices"),
    "deferred": gettext_lazy("Invoiced before it is earned"),
    "stored_value": gettext_lazy("What customers paid in advance"),
    "partner_payable": gettext_lazy("Partners' shares that are not paid"),
    "commission_payable": gettext_lazy("Commissions that are not paid"),
    "capital": gettext_lazy("What the owners paid in"),
    "earnings": gettext_lazy("Earnings that were carried to equity"),
    "breakage": gettext_lazy("Prepaid balances that nobody used"),
    "exchange_gain": gettext_lazy("What exchanges of currencies brought"),
    "cost_of_service": gettext_lazy("What delivering costs"),
    "payment_fees": gettext_lazy("What payment providers keep"),
    "commissions": gettext_lazy("Commissions of those who sell"),
    "partner_share": gettext_lazy("Partners' shares of revenue"),
    "bad_debt": gettext_lazy("Invoices that nobody will pay"),
    "rounding": gettext_lazy("What rounding leaves"),
    "exchange_loss": gettext_lazy("What exchanges of currencies cost"),
}
"""What the system posts to an account of a purpose. Revenue has an account for each stream."""
REVENUE: Final = "revenue_"


@needs("account")
@require_http_methods(["GET", "POST"])
def chart(request: HttpRequest) -> HttpResponse:
    """Show every account; add one, or call one otherwise, where that is sent."""
    actor = actor_of(request)
    renamed = request.GET.get("rename", "")
    found = queries.account(actor, Ref.parse(renamed, Account.kind).id) if renamed else None
    form = AccountForm(request.POST or None, account=found)
    if request.method == "POST":
        require(actor, "account", Verb.CHANGE if found else Verb.CREATE)

        def keep() -> str:
            if found is None:
                said = {name: form.cleaned_data[name] for name in ("code", "nature", "label_en", "label_es", "budget")}
                row = actions.add_account(actor=actor, as_of=now(), **said)
                messages.success(request, _("Added: %(name)s") % {"name": row.code})
            else:
                version = form.cleaned_data["version"]
                said = {name: form.cleaned_data[name] for name in ("label_en", "label_es")}
                said["budget"] = form.cleaned_data.get("budget")
                actions.rename_account(actor=actor, as_of=now(), account_id=found.pk, expected_version=version, **said)
                messages.success(request, _("Saved: %(name)s") % {"name": found.code})
            return reverse("ledger:chart")

        if onwards := kept(form, keep):
            return redirect(onwards)
    accounts = queries.chart(actor)
    context = {
        "title": _("Chart of accounts"),
        "tables": tables_of(accounts, queries.balances(actor), may_rename=may(actor, "account", Verb.CHANGE)),
        "form": form if may(actor, "account", Verb.CREATE) else None,
        "found": found.code if found else "",
        "here": reverse("ledger:chart"),
    }
    return render(request, "ledger/chart.html", context, status=status_of(form))


def tables_of(accounts: Iterable[Account], held: Iterable[Balance], *, may_rename: bool) -> list[Table]:
    """Return the accounts of each type that has some."""
    listed, amounts = list(accounts), by_account(held)
    here = reverse("ledger:chart")
    found = []
    for nature in AccountNature:
        rows = [
            Row(
                cells=[
                    account.code,
                    account.label(get_language() or "en"),
                    purpose_words(account),
                    amounts.get(account.code),
                    *([Cell(_("Rename"), href=here + query({"rename": str(account.ref)}))] if may_rename else []),
                ],
                href=reverse("ledger:account", args=[account.ref]),
            )
            for account in listed
            if account.nature == nature
        ]
        columns = [
            Column(_("Code"), line=2),
            Column(_("Name"), line=1),
            Column(_("What for"), line=3),
            Column(_("Balance"), kind="money", line=1),
            *([Column(_("Change"), line=0)] if may_rename else []),
        ]
        if rows:
            found.append(Table(columns, rows, caption=nature.label, caption_hidden=False))
    return found


def by_account(held: Iterable[Balance]) -> dict[str, SafeString]:
    """Return what each account holds, in as many currencies as it has."""
    found: dict[str, list[Money]] = {}
    for each in held:
        found.setdefault(each.account.code, []).append(each.natural)
    return {code: amounts_told(amounts) for code, amounts in found.items()}


def purpose_words(account: Account) -> str:
    """Say what the system posts to an account; nothing where people alone do."""
    purpose = account.purpose or ""
    if purpose.startswith(REVENUE):
        return _("What this stream earns")
    said = str(PURPOSES.get(purpose, ""))
    return " · ".join(each for each in (said, account.get_budget_display()) if each)
