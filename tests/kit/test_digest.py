"""The digest of business rows: it sees every one of them, and nothing else."""

from datetime import UTC, datetime

import pytest

from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest, business_tables, table_digests
from caudal.kit.outbox import timeline
from caudal.workspace.actions import add_member, change_member
from caudal.workspace.models import Member

pytestmark = pytest.mark.django_db

AS_OF = datetime(2026, 3, 4, 10, tzinfo=UTC)


def ana() -> Member:
    return add_member(actor=SYSTEM, as_of=AS_OF, name="Ana", email="ana@acme.example")


def test_one_changed_value_changes_the_digest_of_its_table_and_of_all() -> None:
    member = ana()
    before, whole = table_digests(), business_digest()
    change_member(actor=SYSTEM, as_of=AS_OF, member=member, name="Ana María")
    after = table_digests()
    assert {table for table in after if after[table] != before[table]} == {"workspace_member"}
    assert business_digest() != whole


def test_facts_secrets_and_signing_in_are_no_business() -> None:
    member = ana()
    before = business_digest()
    member.set_password("a secret of twelve letters")
    member.last_login = AS_OF
    member.save(update_fields=["password", "last_login"])
    assert list(timeline(member.ref))
    assert business_digest() == before


def test_the_tables_are_those_of_our_contexts_without_the_plumbing() -> None:
    tables = business_tables()
    assert {"workspace_member", "crm_deal", "crm_stagestay", "catalog_product"} <= set(tables)
    assert not [
        table for table in tables if table.startswith(("kit_", "django_", "procrastinate_", "auth_", "account_"))
    ]
    assert "crm_deal" not in business_tables({"crm_deal"})


def test_the_order_in_which_rows_lie_does_not_matter() -> None:
    one, other = ana(), add_member(actor=SYSTEM, as_of=AS_OF, name="Berta")
    before = business_digest()
    for member in (other, one):  # a row that was written again lies behind the others
        Member.objects.filter(pk=member.pk).update(name=member.name)
    assert business_digest() == before
