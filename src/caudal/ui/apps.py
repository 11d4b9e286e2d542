from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "caudal.ui"
    label = "ui"
