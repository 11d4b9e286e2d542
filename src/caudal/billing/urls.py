"""Addresses of the pages of billing."""

from django.urls import path

from caudal.billing.views import (
    accounts,
    contracts,
    deferred,
    doors,
    invoices,
    payments,
    reconciliation,
    recurring,
    runs,
    settling,
    subscriptions,
    taxes,
)

app_name = "billing"
urlpatterns = [
    path("invoice-runs", runs.runs, name="runs"),
    path("invoice-runs/<str:run_id>", runs.run, name="run"),
    path("tax-rates", taxes.tax_rates, name="tax_rates"),
    path("invoices", invoices.invoices, name="invoices"),
    path("invoices/<str:invoice_id>", invoices.invoice, name="invoice"),
    path("invoices/<str:invoice_id>/pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("invoices/<str:invoice_id>/lines/<int:position>", invoices.line, name="line"),
    path("billing/customers", doors.customer_list, name="customers"),
    path("billing/customers/<str:customer_id>", doors.customer, name="customer"),
    path("billing/subscriptions", subscriptions.subscription_list, name="subscriptions"),
    path("billing/subscriptions/<str:subscription_id>", subscriptions.subscription, name="subscription"),
    path("billing/contracts", contracts.contract_list, name="contracts"),
    path("billing/contracts/<str:contract_id>", doors.contract, name="contract"),
    path("billing/orders/<str:order_id>", contracts.order, name="order"),
    path("invoices/<str:invoice_id>/settling", settling.settling, name="settling"),
    path("payments", payments.payments, name="payments"),
    path("payments/<str:payment_id>", payments.payment, name="payment"),
    path("requests/<str:money_request_id>", payments.money_request, name="money_request"),
    path("customers/<str:customer_id>/statement", accounts.statement, name="statement"),
    path("customers/<str:customer_id>/statement.csv", accounts.statement_file, name="statement_file"),
    path("revenue/deferred", deferred.deferred, name="deferred"),
    path("revenue/deferred.csv", deferred.deferred_csv, name="deferred_csv"),
    path("revenue/deferred/lines", deferred.deferred_lines, name="deferred_lines"),
    path("revenue/reconciliation", reconciliation.reconciliation, name="reconciliation"),
    path("outstanding", accounts.ageing, name="ageing"),
    path("recurring-revenue", recurring.recurring, name="recurring"),
    path("recurring-revenue/movements", recurring.movements, name="movements"),
]
