"""What a tax adds to an amount, for examples that tell one beside their figures."""

from typing import Final

from caudal.cli.cases.reading import Case, Outputs, decimal
from caudal.core.money import Money, Rounding
from caudal.core.pricing import tax_of

HALF_UP: Final = Rounding.HALF_UP
TAXED: Final = "tax_rate_pct"
"""The input that tells a tax."""


def with_tax(case: Case, outputs: Outputs, name: str = "amount") -> Outputs:
    """The outputs and, where a tax is told, the tax on one of them and both together."""
    net = outputs.get(name)
    if not case.has(TAXED) or not isinstance(net, Money):
        return outputs
    tax = tax_of(net, decimal(case.take(TAXED)), HALF_UP)
    return {
        **outputs,
        "tax": tax,
        "excl": net,
        "net": net,
        **dict.fromkeys(("total", "incl", "gross", f"{name}_incl"), net + tax),
        **{f"{one}_cents": found for one, found in (("tax", tax), ("total", net + tax), ("excl", net))},
    }
