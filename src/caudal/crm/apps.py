"""Customer relations as a Django app."""

from django.apps import AppConfig


class CrmConfig(AppConfig):
    """Owns companies, people, leads, pipelines and deals."""

    name = "caudal.crm"
    label = "crm"
