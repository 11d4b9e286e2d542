"""What stands behind the ports of billing."""

from caudal.billing.adapters.taxes import NoTaxRate, TableTaxes

__all__ = ["NoTaxRate", "TableTaxes"]
