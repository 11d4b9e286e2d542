"""Problems and findings: the thing, the number and the way out, in the reader's language."""

import pytest

from caudal.core.errors import Finding, Place, Problem, Severity, msg


class AlreadyPaid(Problem):
    code = "invoice.already_paid"
    status = 409
    message = msg("Invoice {number} was paid on {day}.")
    hint = msg("Issue a credit note to change it.")


SPANISH = {
    "Invoice {number} was paid on {day}.": "La factura {number} se pagó el {day}.",
    "Issue a credit note to change it.": "Para cambiarla, emita un abono.",
}


def test_a_problem_says_what_happened_and_the_way_out() -> None:
    problem = AlreadyPaid(number="INV-42", day="4 March")
    assert str(problem) == "Invoice INV-42 was paid on 4 March. Issue a credit note to change it."
    assert (problem.code, problem.status) == ("invoice.already_paid", 409)
    assert problem.params == {"number": "INV-42", "day": "4 March"}


def test_a_problem_is_translated_before_its_parameters_are_filled_in() -> None:
    problem = AlreadyPaid(number="INV-42", day="4 de marzo")
    told = problem.told(SPANISH.__getitem__)
    assert told == "La factura INV-42 se pagó el 4 de marzo. Para cambiarla, emita un abono."


def test_a_problem_carries_what_is_wrong_with_each_field() -> None:
    problem = Problem({"email": "is not an address"})
    assert problem.fields == {"email": "is not an address"}
    assert str(problem) == "This could not be done."
    assert AlreadyPaid(number=1, day=2).fields == {}


def test_a_parameter_that_is_missing_is_our_mistake_and_shows_at_once() -> None:
    with pytest.raises(KeyError):
        AlreadyPaid(number="INV-42")


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("plan.toml", 212, 3, "targets.leads"), "plan.toml:212:3 targets.leads"),
        (Place("plan.toml", 212), "plan.toml:212"),
        (Place("plan.toml", column=3), "plan.toml"),  # a column without its line says nothing
        (Place(name="leads"), "leads"),
        (Place(), ""),
    ],
)
def test_a_place_leaves_out_what_is_unknown(place: Place, text: str) -> None:
    assert str(place) == text


def test_a_finding_reads_as_its_place_and_what_was_found() -> None:
    finding = Finding(
        code="plan.reversed",
        message=msg("{lo} is above {hi}."),
        hint=msg("Swap them."),
        place=Place("plan.toml", 9),
        params={"lo": 5, "hi": 3},
    )
    assert str(finding) == "plan.toml:9: 5 is above 3. Swap them."
    assert finding.severity is Severity.ERROR
    assert str(Finding(code="a.b", message=msg("Well."))) == "Well."
    assert finding.told(lambda text: {"Swap them.": "Cámbielos."}.get(text, text)) == "5 is above 3. Cámbielos."
