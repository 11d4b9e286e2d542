"""The catalogue as a Django app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Owns products."""

    name = "caudal.catalog"
    label = "catalog"
