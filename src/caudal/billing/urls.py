"""Addresses of the pages of billing."""

from django.urls import path

from caudal.billing.views import invoices

app_name = "billing"
urlpatterns = [
    path("invoices", invoices.invoices, name="invoices"),
    path("invoices/<str:invoice_id>", invoices.invoice, name="invoice"),
    path("invoices/<str:invoice_id>/pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("invoices/<str:invoice_id>/lines/<int:position>", invoices.line, name="line"),
]
