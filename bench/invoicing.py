"""Grows a company to so many subscriptions and invoices them, in one process; run by `bench.invoices`.

    python -m bench.invoicing subscriptions singles

Every customer has a subscription of three charges. A company of the same number is the same every time. What is
printed is JSON: seconds of the run, and the milliseconds of each invoice that was issued alone.
"""

import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bench.setting_up import attached  # isort: split

from django.db import connection, transaction
from psycopg.sql import SQL, Composed, Identifier, Placeholder
from psycopg.types.json import Jsonb

from caudal.billing.actions import Terms, add_customer, invoice_all, invoice_customer, subscribe
from caudal.billing.actions.running import CUSTOMERS
from caudal.billing.adapters import TableTaxes
from caudal.billing.models import Customer, Invoice, Subscription, SubscriptionChange, TaxRate
from caudal.billing.queries import Wanted
from caudal.catalog.actions import add_charge, add_offering, add_price, add_product
from caudal.core.ids import Ref
from caudal.crm.actions import CompanyDraft, add_companies
from caudal.kit.access import SYSTEM
from caudal.kit.pipelining import send
from caudal.kit.postgres import Role
from caudal.kit.world import new_id

BEGUN: Final = datetime(2025, 12, 31, 23, tzinfo=UTC)
NOW: Final = datetime(2026, 1, 1, 8, tzinfo=UTC)
MADE: Final[dict[str, Any]] = {"actor": SYSTEM, "as_of": BEGUN}
CHARGES: Final = (
    ("base", "recurring", {"flat": "99"}),
    ("seats", "seat", {"unit": "20"}),
    ("care", "recurring", {"flat": "49"}),
)
COPIED: Final = 5_000
KEYS: Final = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'"
TRIGGERS: Final = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"


@attached(Role.OWNER)
def main() -> None:
    """Grow, invoice, write the same rows by bare SQL, print."""
    many, singles = int(sys.argv[1]), int(sys.argv[2])
    grow(many + singles)
    floors = Floor("bare_"), Floor("guarded_", is_guarded=True)
    prepared = Floor("prepared_")
    apart = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:singles])
    taxes, alone = TableTaxes(), []
    floored: dict[str, list[float]] = {floor.prefix: [] for floor in (*floors, prepared)}
    for customer_id in apart:
        begun = time.perf_counter()
        (written,) = invoice_customer(
            actor=SYSTEM, as_of=NOW, customer_id=customer_id, up_to=NOW, issue_day=NOW.date(), taxes=taxes
        )
        alone.append((time.perf_counter() - begun) * 1000)
        rows = floors[0].rows([written.pk])
        for floor in floors:
            begun = time.perf_counter()
            floor.write_one(rows)
            floored[floor.prefix].append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        prepared.write_prepared(rows)
        floored[prepared.prefix].append((time.perf_counter() - begun) * 1000)
    begun, used = time.perf_counter(), time.process_time()
    run = invoice_all(actor=SYSTEM, as_of=NOW, up_to=NOW, issue_day=NOW.date(), taxes=taxes)
    seconds, processor = time.perf_counter() - begun, time.process_time() - used
    assert run.invoices == many, run.invoices
    lots = floors[0].lots(singles)
    floor_seconds = {}
    for floor in floors:
        begun = time.perf_counter()
        for rows in lots:
            floor.write_lot(rows)
        floor_seconds[floor.prefix] = time.perf_counter() - begun
    print(
        json.dumps(
            {
                "invoices": run.invoices,
                "seconds": seconds,
                "processor": processor,
                "floor_seconds": floor_seconds,
                "alone_ms": alone,
                "floor_ms": floored,
            }
        )
    )


class Floor:
    """The same rows by bare SQL, into tables of the same columns and indexes.

    Bare ones have no trigger and no foreign key. Guarded ones have those of the tables themselves, which find there
    what they ask for: the rows of the same document, written a moment before.
    """

    OF: Final = {
        "billing_invoice": "id = ANY(%s)",
        "billing_invoiceline": "invoice_id = ANY(%s)",
        "billing_invoicetax": "invoice_id = ANY(%s)",
        "ledger_journalentry": "id = ANY(%s)",
        "ledger_journalposting": "entry_id = ANY(%s)",
        "kit_fact": "subject_id = ANY(%s)",
        "kit_stream": "subject = ANY(%s)",
    }
    """Rows by the ids of documents, and of entries."""

    def __init__(self, prefix: str, *, is_guarded: bool = False) -> None:
        """Make the tables."""
        self.prefix = prefix
        self.columns: dict[str, list[str]] = {}
        self.texts: dict[tuple[str, int], str] = {}
        with connection.cursor() as cursor:
            for table in self.OF:
                cursor.execute(f"CREATE TABLE {prefix}{table} (LIKE {table} INCLUDING ALL)")
                cursor.execute(SQL("SELECT * FROM {} LIMIT 0").format(Identifier(table)))
                self.columns[table] = [column.name for column in cursor.description or ()]
                for guard in self._guards(table) if is_guarded else ():
                    cursor.execute(guard)
            counter = Identifier(f"{prefix}counter")
            cursor.execute(SQL("CREATE TABLE {} (code text PRIMARY KEY, following int)").format(counter))
            cursor.execute(SQL("INSERT INTO {} VALUES ('INV', 1)").format(counter))
        self.take = SQL("UPDATE {} SET following = following + %s RETURNING following").format(counter)

    def _guards(self, table: str) -> list[str]:
        """The statements that give a table of ours the foreign keys and triggers of another one."""
        with connection.cursor() as cursor:
            cursor.execute(KEYS, [table])
            keys = [f"ALTER TABLE {self.prefix}{table} ADD {said}" for (said,) in cursor.fetchall()]
            cursor.execute(TRIGGERS, [table])
            here = f" ON public.{table} ", f" ON {self.prefix}{table} "
            return keys + [said.replace(*here) for (said,) in cursor.fetchall()]

    def rows(self, documents: Sequence[UUID]) -> dict[str, list[tuple[Any, ...]]]:
        """Return the rows that some documents have everywhere."""
        found = {}
        with connection.cursor() as cursor:
            sources = [f"{Ref('invoice', each)}" for each in documents]
            cursor.execute("SELECT id FROM ledger_journalentry WHERE source = ANY(%s)", [sources])
            entries = [row[0] for row in cursor.fetchall()]
            for table, condition in self.OF.items():
                ids = entries if table.startswith("ledger") else [*documents, *entries]
                said = SQL("SELECT {} FROM {} WHERE ").format(self._columns(table), Identifier(table))
                cursor.execute(said + SQL(condition), [ids])
                found[table] = [tuple(map(_kept, row)) for row in cursor.fetchall()]
        return found

    def lots(self, behind: int) -> list[dict[str, list[tuple[Any, ...]]]]:
        """Return the rows of all documents but the first, as many at a time as a run takes."""
        documents = list(Invoice.objects.order_by("number").values_list("pk", flat=True)[behind:])
        return [self.rows(documents[at : at + CUSTOMERS]) for at in range(0, len(documents), CUSTOMERS)]

    def write_one(self, rows: dict[str, list[tuple[Any, ...]]]) -> None:
        """Write the rows of a document, a statement for each table, in one transaction with its number."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(self.take, [1])
            cursor.fetchone()
            for table, values in rows.items():
                cursor.execute(self._into(table, len(values)), [each for row in values for each in row])

    def write_prepared(self, rows: dict[str, list[tuple[Any, ...]]]) -> None:
        """Do the same by statements that were put together beforehand and are planned once."""
        with transaction.atomic():
            send(self.take.as_string(None), [1]).rows()
            for table, values in rows.items():
                key = table, len(values)
                if key not in self.texts:
                    self.texts[key] = self._into(*key).as_string(None)
                send(self.texts[key], [each for row in values for each in row])

    def write_lot(self, rows: dict[str, list[tuple[Any, ...]]]) -> None:
        """Copy the rows of many documents, table by table, in one transaction with their numbers."""
        with transaction.atomic(), connection.cursor() as cursor:
            many = len(rows["billing_invoice"])
            cursor.execute(self.take, [many])
            for table, values in rows.items():
                into = SQL("COPY {} ({}) FROM STDIN").format(self._table(table), self._columns(table))
                with cursor.copy(into) as copy:
                    for row in values:
                        copy.write_row(row)

    def _into(self, table: str, many: int) -> Composed:
        row = SQL("({})").format(SQL(", ").join([Placeholder()] * len(self.columns[table])))
        into = SQL("INSERT INTO {} ({}) VALUES ").format(self._table(table), self._columns(table))
        return into + SQL(", ").join([row] * many)

    def _table(self, table: str) -> Identifier:
        return Identifier(f"{self.prefix}{table}")

    def _columns(self, table: str) -> Composed:
        return SQL(", ").join([Identifier(each) for each in self.columns[table]])


def _kept(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict | list) and not _is_texts(value) else value


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def grow(many: int) -> None:
    """Let so many companies subscribe: one does, and the others as it did."""
    product = add_product(**MADE, name="Professional", sku="pro")
    pro = add_offering(**MADE, product_id=product.pk, name="Professional", code="pro")
    for code, sort, tier in CHARGES:
        charge = add_charge(**MADE, offering_id=pro.pk, name=code, code=code, sort=sort, stream="subscription")
        price = {"tiers": [tier]}
        add_price(**MADE, charge_id=charge.pk, currency="EUR", from_date=date(2025, 1, 1), price=price)
    TaxRate.objects.get_or_create(
        country="ES", tax_kind="standard", from_day=date(2012, 9, 1), defaults={"percent": Decimal(21)}
    )
    for start in range(0, many, COPIED):
        names = [f"Customer {number:06}" for number in range(start, min(many, start + COPIED))]
        add_companies(**MADE, companies=[CompanyDraft(name=name, country="ES") for name in names])
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM crm_company ORDER BY name")
        companies = cursor.fetchall()
    customer = add_customer(**MADE, company_id=companies[0][0], country="ES")
    first = subscribe(
        **MADE, customer_id=customer.pk, wanted=[Wanted(pro.pk, Decimal(3))], terms=Terms(date(2026, 1, 1))
    )
    copy_all(customer, first, companies[1:])


def copy_all(customer: Customer, first: Subscription, companies: list[tuple[Any, str]]) -> None:
    """Write the same customer and subscription for every other company."""
    change = SubscriptionChange.objects.get(subscription=first)
    customers, subscriptions, changes = [], [], []
    for company_id, name in companies:
        one = Customer(**{each.attname: getattr(customer, each.attname) for each in Customer._meta.concrete_fields})
        one.id, one.company_id, one.name = new_id(), company_id, name
        two = Subscription(
            **{each.attname: getattr(first, each.attname) for each in Subscription._meta.concrete_fields}
        )
        two.id, two.customer_id = new_id(), one.id
        three = SubscriptionChange(
            **{each.attname: getattr(change, each.attname) for each in SubscriptionChange._meta.concrete_fields}
        )
        three.id, three.subscription_id = new_id(), two.id
        customers.append(one)
        subscriptions.append(two)
        changes.append(three)
    Customer.objects.bulk_create(customers, batch_size=COPIED)
    Subscription.objects.bulk_create(subscriptions, batch_size=COPIED)
    SubscriptionChange.objects.bulk_create(changes, batch_size=COPIED)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
