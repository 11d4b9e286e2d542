"""The plumbing as a Django app: it owns the outbox and the idempotency rows."""

import os

from django.apps import AppConfig
from typing_extensions import override

from caudal.kit.failpoints import arm_from_environment


class KitConfig(AppConfig):
    """Arms failpoints that a parent process asked for."""

    name = "caudal.kit"
    label = "kit"

    @override
    def ready(self) -> None:
        """Read the failpoints of the environment."""
        arm_from_environment(os.environ.get("CAUDAL_FAILPOINTS", ""))
