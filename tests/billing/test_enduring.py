"""Runs that meet errors nobody foresaw: whoever they are not about is invoiced, and nothing is written by half."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Barrier
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import translation

from caudal.billing import actions, queries
from caudal.billing.actions.running import Lot, begin_run, invoice_lot
from caudal.billing.adapters import TableTaxes
from caudal.billing.models import Customer, Invoice, InvoiceRun, NumberSeries
from caudal.billing.ports import Sale, Taxed, Taxes
from caudal.billing.queries.gathering import Sought
from caudal.core.errors import Problem
from caudal.crm.actions import CompanyDraft, add_company
from caudal.kit.access import SYSTEM
from caudal.kit.postgres import Role, Server
from tests.billing.invariants import torn
from tests.billing.selling import MADE, Sold, bill, sold, take
from tests.crm.browsing import Enter, enter, text_of, today
from tests.kit.postgres_processes import eventually
from tests.together import is_waited_for, together
from tests.world import AT, Shop

__all__ = ["enter", "sold", "today"]


@contextmanager
def refusing(
    *, at_once: dict[Customer, str] | None = None, as_it_commits: dict[Customer, str] | None = None
) -> Iterator[None]:
    """Let the database refuse documents of some customers with an error of its own."""
    made = {"odd_at_once": at_once or {}, "odd_late": as_it_commits or {}}
    with connection.cursor() as cursor:
        for name, refused in made.items():
            cases = " ".join(
                f"IF NEW.customer_id = '{row.pk}' THEN RAISE EXCEPTION 'the secret of Eva' USING ERRCODE = '{code}'; END IF;"
                for row, code in refused.items()
            )
            says = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {cases} RETURN NULL; END$$"
            cursor.execute(says)
            when = "DEFERRABLE INITIALLY DEFERRED" if name == "odd_late" else ""
            cursor.execute(
                f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT ON billing_invoice {when}"
                f" FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for name in made:
                cursor.execute(f"DROP FUNCTION {name}() CASCADE")


def naive(at: datetime, taxes: Taxes) -> None:
    """Heed refusals alone."""
    run = begin_run(actor=SYSTEM, as_of=at, up_to=at, issue_day=at.date())
    lot = Lot(run, Sought(at, at), None, waits=True, as_drafts=False)
    with suppress(Problem):
        invoice_lot(actor=SYSTEM, as_of=at, lot=lot, taxes=taxes)


class MistakenTaxes:
    """Whoever wrote them did not think of Luxembourg."""

    def tax_on(self, sale: Sale) -> Taxed:
        rates = {"ES": "here"}
        return TableTaxes().tax_on(sale) if rates[sale.buyer_country] else Taxed(TableTaxes().tax_on(sale).tax)


def test_an_error_that_nobody_foresaw_leaves_out_only_whom_it_is_about(
    shop: Shop, sold: Sold, enter: Enter, today: Any, caplog: pytest.LogCaptureFixture
) -> None:
    customers = [sold.acme]
    for name in ("Initech", "Umbrella", "Hooli", "Soylent", "Tyrell"):
        company = add_company(**MADE, company=CompanyDraft(name=name))
        customers.append(actions.add_customer(**MADE, company_id=company.pk, country="ES"))
    for customer in customers:
        take(sold, customer=customer)
    odd, busy, unthought = customers[1], customers[3], customers[4]
    with refusing(at_once={odd: "22003", busy: "40P01"}):
        with pytest.raises(DatabaseError):
            naive(AT, TableTaxes())
        assert not Invoice.objects.exists()
        actions.change_customer(**MADE, customer_id=unthought.pk, country="LU", tax_id="")
        run = bill(AT, taxes=MistakenTaxes())
    failures = {each.customer: each for each in queries.failures_of(run.pk)}
    assert {row: (each.code, each.values["error"]) for row, each in failures.items()} == {
        odd: ("billing.run_failed", "DataError"),
        busy: ("billing.run_busy", "OperationalError"),
        unthought: ("billing.run_failed", "KeyError"),
    }
    assert (bool(run.finished_at), run.customers, run.invoices) == (True, 3, 9)  # January, February and March of each
    assert set(Invoice.objects.values_list("customer", flat=True)) == {customers[n].pk for n in (0, 2, 5)}
    assert torn(but=["movements"]) == []
    page = text_of(enter("ana").get(f"/invoice-runs/{run.ref}"))
    with translation.override("es"):
        assert translation.gettext(failures[odd].hint) != failures[odd].hint
    for each in failures.values():
        assert caplog.text.count(each.values["incident"]) == 1
        assert each.values["incident"] in page
    assert "the secret of Eva" in caplog.text
    assert "secret" not in page
    again = bill(AT)
    assert again.invoices == 6
    assert [each.code for each in queries.failures_of(again.pk)] == ["billing.no_tax_rate"]  # and that is foreseen


@dataclass(slots=True)
class Meeting:
    """Waits, the first time that it is asked, until somebody waits for what the run holds."""

    barrier: Barrier
    asked: bool = False

    def tax_on(self, sale: Sale) -> Taxed:
        if not self.asked:
            self.asked = True
            self.barrier.wait()
            assert eventually(is_waited_for, 20)
        return TableTaxes().tax_on(sale)


class Cut:
    """Loses the database."""

    def tax_on(self, sale: Sale) -> Taxed:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return TableTaxes().tax_on(sale)


@pytest.mark.django_db(transaction=True)
def test_a_run_tries_again_behind_a_deadlock_and_ends_with_its_connection(
    sold: Sold, shop: Shop, postgres: Server
) -> None:
    with psycopg.connect(postgres.dsn(Role.SUPERUSER).url(), autocommit=True) as powers:
        owner = postgres.cluster.credentials().users[Role.OWNER]
        powers.execute(f'GRANT SET ON PARAMETER deadlock_timeout TO "{owner}"'.encode())
    take(sold)
    take(sold, customer=sold.globex)
    months = [AT.replace(month=month) for month in (1, 3, 4, 5)]
    bill(months[0])

    def deadlock(invoice: Callable[[Taxes], object]) -> object:
        """Let somebody who has the numbers wait for a customer of the run that wants the numbers."""

        def other(barrier: Barrier) -> None:
            with transaction.atomic():
                assert list(NumberSeries.objects.select_for_update())
                barrier.wait()
                list(Customer.objects.select_for_update().order_by("pk"))

        def run(barrier: Barrier) -> object:
            with connection.cursor() as cursor:
                cursor.execute("SET deadlock_timeout = '20ms'")
            try:
                return invoice(Meeting(barrier))
            except OperationalError as error:
                return error

        (found,) = [each for each in together(other, run) if each is not None]
        return found

    assert "deadlock" in str(deadlock(lambda taxes: naive(months[1], taxes)))
    assert Invoice.objects.filter(issue_day=months[1].date()).count() == 0
    done = deadlock(lambda taxes: bill(months[1], taxes=taxes))
    assert isinstance(done, InvoiceRun)
    assert (done.invoices, queries.failures_of(done.pk), bool(done.finished_at)) == (4, [], True)

    with refusing(as_it_commits={sold.globex: "23503"}):
        late = bill(months[2])
    assert [(each.customer, each.values["error"]) for each in queries.failures_of(late.pk)] == [
        (sold.globex, "IntegrityError")
    ]
    assert late.invoices == 1

    with pytest.raises(OperationalError):
        bill(months[3], taxes=Cut())
    cut = InvoiceRun.objects.latest("created_at", "pk")
    assert (cut.finished_at, cut.invoices, queries.failures_of(cut.pk)) == (None, 0, [])
    again = actions.carry_out_run(cut.pk, taxes=TableTaxes())
    # May of both, and April of Globex.
    assert (again.invoices, bool(again.finished_at)) == (3, True)
    assert torn(but=["movements"]) == []
