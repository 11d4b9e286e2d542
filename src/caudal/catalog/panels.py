"""What the catalogue shows elsewhere: its line of the rail, and the pages of its records."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from caudal.kit.panels import NavItem, RecordPage

NAVIGATION: Final = (NavItem("sell", _("Catalogue"), "catalog:catalogue", 70, "offering"),)
RECORD_PAGES: Final = (
    RecordPage("bundle", "catalog:bundle"),
    RecordPage("offering", "catalog:offering"),
    RecordPage("product", "catalog:product"),
)
