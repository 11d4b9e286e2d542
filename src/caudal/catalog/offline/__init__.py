"""What can be said of prices without a database: how they are written, what is odd about them, what something costs."""

from caudal.catalog.offline.calculation import (
    Calculation,
    CostLine,
    PricedCharge,
    UsageGiven,
    calculate,
)
from caudal.catalog.offline.listing import first_unit, unit_rates
from caudal.catalog.offline.pricelists import COLUMNS, PriceSaid, price_list_lines, read_price_list
from caudal.catalog.offline.writing import (
    PriceModel,
    Shape,
    UnreadablePrice,
    is_keepable,
    lint,
    read_price,
    write_price,
)

__all__ = [
    "COLUMNS",
    "Calculation",
    "CostLine",
    "PriceModel",
    "PriceSaid",
    "PricedCharge",
    "Shape",
    "UnreadablePrice",
    "UsageGiven",
    "calculate",
    "first_unit",
    "is_keepable",
    "lint",
    "price_list_lines",
    "read_price",
    "read_price_list",
    "unit_rates",
    "write_price",
]
