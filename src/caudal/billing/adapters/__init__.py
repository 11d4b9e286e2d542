"""What stands behind the ports of billing."""

from caudal.billing.adapters.taxes import NoTaxRate, TableTaxes
from caudal.billing.adapters.typesetting import file_name, invoice_pdf

__all__ = [
    "NoTaxRate",
    "TableTaxes",
    "file_name",
    "invoice_pdf",
]
