"""Billing as a Django app."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Owns contracts, subscriptions, invoices and payments."""

    name = "caudal.billing"
    label = "billing"
