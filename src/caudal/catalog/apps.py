"""The catalogue as a Django app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Owns products, offerings and prices."""

    name = "caudal.catalog"
    label = "catalog"
