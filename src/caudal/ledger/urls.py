"""Addresses of the pages of the books."""

from django.urls import path

from caudal.ledger.views.accounts import account
from caudal.ledger.views.entries import entry
from caudal.ledger.views.statements import balances, income

app_name = "ledger"
urlpatterns = [
    path("books/balances", balances, name="balances"),
    path("books/income", income, name="income"),
    path("books/accounts/<str:account_id>", account, name="account"),
    path("books/entries/<str:entry_id>", entry, name="entry"),
]
