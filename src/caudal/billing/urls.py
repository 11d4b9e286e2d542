"""Addresses of the pages of billing."""

from django.urls import path

from caudal.billing.views import accounts, invoices, payments, runs, settling, taxes

app_name = "billing"
urlpatterns = [
    path("invoice-runs", runs.runs, name="runs"),
    path("invoice-runs/<str:run_id>", runs.run, name="run"),
    path("tax-rates", taxes.tax_rates, name="tax_rates"),
    path("invoices", invoices.invoices, name="invoices"),
    path("invoices/<str:invoice_id>", invoices.invoice, name="invoice"),
    path("invoices/<str:invoice_id>/pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("invoices/<str:invoice_id>/lines/<int:position>", invoices.line, name="line"),
    path("invoices/<str:invoice_id>/settling", settling.settling, name="settling"),
    path("payments", payments.payments, name="payments"),
    path("payments/<str:payment_id>", payments.payment, name="payment"),
    path("requests/<str:money_request_id>", payments.money_request, name="money_request"),
    path("customers/<str:customer_id>/statement", accounts.statement, name="statement"),
    path("customers/<str:customer_id>/statement.csv", accounts.statement_file, name="statement_file"),
    path("outstanding", accounts.ageing, name="ageing"),
]
