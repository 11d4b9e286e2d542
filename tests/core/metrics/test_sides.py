"""The two sides of a ratio as metrics by themselves, and what a number adds up."""

import re
from dataclasses import replace
from fractions import Fraction

from caudal.core.expressions import Expression, show
from caudal.core.metrics import (
    METRICS,
    REGISTRY,
    Ratio,
    Side,
    Window,
    check_metric,
    found_metric,
    side_of,
    terms_of,
    tree_of,
    window_of,
)


def test_every_ratio_has_two_sides_that_are_sound_metrics_and_found_by_their_ids() -> None:
    ratios = [each for each in METRICS if isinstance(each.formula, Ratio)]
    assert len(ratios) > 20
    for metric in ratios:
        tree = tree_of(metric, REGISTRY)
        for side, whole in zip(Side, (tree.above, tree.below), strict=True):
            found = side_of(metric, side, REGISTRY)
            assert found is not None
            assert found_metric(found.id, REGISTRY) == found
            # As a metric by itself it says the same as within the ratio, but for how its leaves are numbered.
            alone = tree_of(found, REGISTRY)
            assert whole is not None
            assert unnumbered(alone.above) == unnumbered(whole), found.id
            assert check_metric(replace(found, id=found.id.replace(".", "_")), REGISTRY) == [], found.id
    leads = REGISTRY.metrics["leads"]
    assert side_of(leads, Side.NUMERATOR, REGISTRY) is None
    for unknown in ("nrr.above", "leads.numerator", "nobody", "nobody.numerator", "arpa.numerator"):
        # ARPA's numerator is MRR, and is asked for by that name.
        assert found_metric(unknown, REGISTRY) is None, unknown


def unnumbered(expression: Expression) -> str:
    return re.sub(r"n\d+", "n", show(expression.node))


def test_a_number_tells_what_it_adds_up_how_often_and_of_which_days() -> None:
    def told(name: str) -> list[tuple[str, Fraction, Window | None]]:
        metric = found_metric(name, REGISTRY)
        assert metric is not None
        terms = [(each, window_of(each.metric)) for each in terms_of(metric, REGISTRY)]
        return [(each.metric.id, each.factor, window[0] if window else None) for each, window in terms]

    assert told("dso.numerator") == [("outstanding", Fraction(90), Window.END)]
    assert told("nrr.denominator") == [
        ("mrr", Fraction(1), Window.END),
        ("mrr_net_new", Fraction(-1), Window.PERIOD),
    ]
    assert window_of(REGISTRY.metrics["invoiced_90_days"]) == (Window.DAYS, 90)
    # A ratio adds nothing up by itself: its sides do.
    assert told("nrr") == []
