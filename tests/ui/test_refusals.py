"""A refused page says what happened, why and the way out, with the rail around it."""

import pytest
from django.test import Client, RequestFactory

from caudal.core.errors import Problem, msg
from caudal.ui.refusals import REFUSALS, refuse, refuse_with

pytestmark = pytest.mark.django_db


class AlreadyPaid(Problem):
    """For these tests."""

    code = "invoice.already_paid"
    status = 409
    message = msg("Invoice {number} was paid on {day}.")
    hint = msg("Issue a credit note to change it.")


def test_an_unknown_address_gets_our_page() -> None:
    answer = Client(headers={"host": "localhost"}).get("/nowhere")
    assert answer.status_code == 404
    assert "nothing that you may see" in answer.text
    assert 'class="rail"' in answer.text


@pytest.mark.parametrize("status", sorted(REFUSALS))
def test_every_refusal_has_its_words_and_its_code(rf: RequestFactory, status: int) -> None:
    answer = refuse(rf.get("/", headers={"host": "localhost"}), status)
    assert answer.status_code == status
    assert f"{status.value} page." in answer.content.decode()


def test_a_problem_is_told_with_its_hint_and_code(rf: RequestFactory) -> None:
    answer = refuse_with(rf.get("/", headers={"host": "localhost"}), AlreadyPaid(number="INV-42", day="4 March"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Invoice INV-42 was paid on 4 March." in page
    assert "Issue a credit note to change it." in page
    assert "409 invoice.already_paid" in page
