"""Addresses of the pages of billing."""

from django.urls import path

from caudal.billing.views import invoices, runs, taxes

app_name = "billing"
urlpatterns = [
    path("invoice-runs", runs.runs, name="runs"),
    path("invoice-runs/<str:run_id>", runs.run, name="run"),
    path("tax-rates", taxes.tax_rates, name="tax_rates"),
    path("invoices", invoices.invoices, name="invoices"),
    path("invoices/<str:invoice_id>", invoices.invoice, name="invoice"),
    path("invoices/<str:invoice_id>/pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("invoices/<str:invoice_id>/lines/<int:position>", invoices.line, name="line"),
]
