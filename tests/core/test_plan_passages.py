"""What stands around the targets of a plan file."""

from typing import Final

from caudal.core.plans import read_plan

AROUND: Final = """
[plan]
id = "shop"
name = { en = "Shop", es = "Tienda" }
currency = "EUR"
months = 12

[pillars.print]
label = { en = "Print", es = "Imprenta" }

[targets.posters]
label = { en = "Posters", es = "Carteles" }
lo = 100
open = true
unit = "sales/month"

[parts.small]
label = { en = "Small ones", es = "Pequeños" }
of = "posterz"
lo = 60
unit = "sales/month"

[prices.small]
label = { en = "Small poster", es = "Cartel pequeño" }
pillar = "paint"
lo = 5
hi = 4
unit = "EUR"

[prices.large]
label = { en = "Large poster", es = "Cartel grande" }

[prices.huge]
label = { en = "Huge poster", es = "Cartel enorme" }
lo = 30
hi = 40
unit = "EUR/moon"
target = "posters"

[channels.street]
label = { en = "Street", es = "Calle" }
channel = "sales"
within = "town"

[channels.town]
label = { en = "Town", es = "Ciudad" }
channel = "sales"
within = "street"

[channels.moon]
label = { en = "Moon", es = "Luna" }
channel = "sales"
within = "mars"

[budget.all]
label = { en = "All", es = "Todo" }
target = "posters"
items = ["posters", "paper"]

[phases.first]
label = { en = "First", es = "Primera" }
months = [1, 3]

[phases.first.milestones.late]
label = { en = "Late", es = "Tarde" }
months = [4]

[phases.second]
label = { en = "Second", es = "Segunda" }
months = [10, 14]

[phases.third]
label = { en = "Third", es = "Tercera" }
months = [3, 2]
"""


def test_what_is_wrong_around_the_targets_is_told_at_once_with_its_place() -> None:
    found = {(finding.place.name, finding.code) for finding in read_plan(AROUND, "shop.toml").findings}
    assert found == {
        ("parts.small", "plan.unknown_target"),  # posterz; the target is called posters
        ("parts.small", "plan.missing_key"),  # no upper end
        ("prices.small", "plan.unknown_pillar"),
        ("prices.small", "plan.reversed"),
        ("prices.large", "plan.missing_key"),  # neither a range nor a target
        ("prices.huge", "plan.said_twice"),  # a range and a target
        ("prices.huge", "plan.unknown_unit"),
        ("channels.street", "plan.circle"),
        ("channels.town", "plan.circle"),
        ("channels.moon", "plan.unknown_channel"),
        ("budget.all", "plan.unknown_target"),  # paper
        ("phases.first.milestones.late", "plan.bad_months"),  # month 4 of months 1 to 3
        ("phases.second", "plan.bad_months"),  # the plan has twelve
        ("phases.third", "plan.bad_months"),  # from 3 back to 2
    }
    told = [finding.told() for finding in read_plan(AROUND, "shop.toml").findings]
    assert "The plan has no target “posterz”. Did you mean “posters”?" in told
