"""What stands behind the ports of billing."""

from caudal.billing.adapters.typesetting import file_name, invoice_pdf
from caudal.billing.queries.taxtable import NoTaxRate, TableTaxes

__all__ = [
    "NoTaxRate",
    "TableTaxes",
    "file_name",
    "invoice_pdf",
]
