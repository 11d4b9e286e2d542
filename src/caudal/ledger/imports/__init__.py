"""How files become entries: costs, and the balances that a company moves in with."""

from caudal.ledger.imports.costs import HEADINGS, NEEDED, Line, NoCosts, Reading, read_costs
from caudal.ledger.imports.opening import OpeningReading, read_opening

__all__ = ["HEADINGS", "NEEDED", "Line", "NoCosts", "OpeningReading", "Reading", "read_costs", "read_opening"]
