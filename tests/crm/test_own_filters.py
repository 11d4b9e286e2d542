"""Filters on fields of one's own are answered from an index, whatever the field holds."""

import pytest
from django.db import connection

from caudal.crm.actions import CompanyDraft, add_companies
from caudal.crm.models import Company
from caudal.kit.filters import where
from caudal.kit.shapes import Reader, shape_of
from caudal.workspace.actions import add_field
from caudal.workspace.queries import index_own_field
from tests.world import AT, Shop


@pytest.mark.parametrize(
    ("kind", "more", "asked"),
    [
        ("number", {}, "custom.it = 12"),
        ("number", {}, "custom.it > 12"),
        ("money", {"currency": "EUR"}, "custom.it = 12"),
        ("date", {}, "custom.it = 2026-03-02"),
        ("choice", {"options": ["large", "small"]}, 'custom.it = "large"'),
        ("text", {}, 'custom.it = "words"'),
        ("link", {"link_kind": "person"}, 'custom.it = "person_01h455vb4pex5vsknk084sn02q"'),
    ],
)
def test_a_filter_on_an_own_field_is_read_from_its_index(
    kind: str, more: dict[str, object], asked: str, shop: Shop
) -> None:
    ana = shop.actor("ana")
    field = add_field(actor=ana, as_of=AT, record_kind="company", key="it", type=kind, label="It", **more)  # type: ignore[arg-type]  # one of each
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # an index waits for no check that is still to come
    name = index_own_field(field.pk)
    found = where(shape_of("company"), asked, Reader(actor=ana, as_of=AT, currency="EUR"))
    rows = Company.for_actor(ana).filter(found.condition()).order_by()
    add_companies(actor=ana, as_of=AT, companies=[CompanyDraft(name=f"Company {number}") for number in range(200)])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("ANALYZE crm_company")  # an index of few rows is as good as any other
    assert name in rows.explain()
