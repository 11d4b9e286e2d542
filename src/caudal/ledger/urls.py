"""Addresses of the pages of the books."""

from django.urls import path

from caudal.ledger.views.accounts import account
from caudal.ledger.views.charts import chart
from caudal.ledger.views.checklist import month
from caudal.ledger.views.entries import entry, entry_list
from caudal.ledger.views.months import months
from caudal.ledger.views.sheets import sheet
from caudal.ledger.views.spending import costs
from caudal.ledger.views.statements import balances, income

app_name = "ledger"
urlpatterns = [
    path("books/balances", balances, name="balances"),
    path("books/income", income, name="income"),
    path("books/sheet", sheet, name="sheet"),
    path("books/accounts", chart, name="chart"),
    path("books/accounts/<str:account_id>", account, name="account"),
    path("books/entries", entry_list, name="entries"),
    path("books/entries/<str:entry_id>", entry, name="entry"),
    path("books/costs", costs, name="costs"),
    path("books/months", months, name="months"),
    path("books/months/<str:label>", month, name="month"),
]
