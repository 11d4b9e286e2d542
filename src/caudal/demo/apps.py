"""The demo company as a Django app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Owns the story of the demo company; in any other installation it is empty."""

    name = "caudal.demo"
    label = "demo"
