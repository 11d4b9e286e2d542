"""What lists know of the records of billing."""

from typing import Final

from caudal.billing.shapes.invoices import INVOICES
from caudal.kit.shapes import Shape

SHAPES: Final[tuple[Shape, ...]] = (INVOICES,)
