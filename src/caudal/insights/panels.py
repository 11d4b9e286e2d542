"""What insights show elsewhere: their line of the rail."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from caudal.kit.panels import NavItem

NAVIGATION: Final = (NavItem("measure", _("Metrics"), "insights:catalogue", 10, "metric", key="m"),)
