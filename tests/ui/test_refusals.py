"""A refused page says what happened, why and the way out, with the rail around it."""

import json
from http import HTTPStatus

import pytest
from django.test import Client, RequestFactory

from caudal.core.errors import Problem, msg
from caudal.ui.refusals import REFUSALS, failed, refuse, refuse_with


class AlreadyPaid(Problem):
    """For these tests."""

    code = "invoice.already_paid"
    status = 409
    message = msg("Invoice {number} was paid on {day}.")
    hint = msg("Issue a credit note to change it.")


@pytest.mark.django_db
def test_an_unknown_address_gets_our_page() -> None:
    answer = Client(headers={"host": "localhost"}).get("/nowhere")
    assert answer.status_code == 404
    assert "nothing that you may see" in answer.text
    assert 'class="rail"' not in answer.text  # it leads nowhere for somebody who has not come in


@pytest.mark.django_db
@pytest.mark.parametrize("status", sorted(REFUSALS))
def test_every_refusal_has_its_words_and_its_code(rf: RequestFactory, status: HTTPStatus) -> None:
    answer = refuse(rf.get("/", headers={"host": "localhost"}), status)
    assert answer.status_code == status
    assert f"{status.value} page." in answer.content.decode()


@pytest.mark.django_db
def test_a_problem_is_told_with_its_hint_and_code(rf: RequestFactory) -> None:
    answer = refuse_with(rf.get("/", headers={"host": "localhost"}), AlreadyPaid(number="INV-42", day="4 March"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Invoice INV-42 was paid on 4 March." in page
    assert "Issue a credit note to change it." in page
    assert "409 invoice.already_paid" in page


def test_our_own_mistake_gets_a_page_also_without_a_database(rf: RequestFactory) -> None:
    answer = failed(rf.get("/", headers={"host": "localhost"}))  # this test may not touch the database
    assert answer.status_code == 500
    assert "Something failed on our side." in answer.content.decode()


def test_a_program_gets_every_refusal_as_a_problem(rf: RequestFactory) -> None:
    for status in REFUSALS:
        answer = refuse(rf.get("/api/v1/deals"), status)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        told = json.loads(answer.content)
        assert (told["code"], told["status"]) == (REFUSALS[status].code, status)
        assert all(told[name] for name in ("title", "hint"))
