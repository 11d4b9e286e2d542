"""The ledger as a Django app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Owns accounts, entries and closed months."""

    name = "caudal.ledger"
    label = "ledger"
