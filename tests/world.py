"""The one named world of the tests: Ana's course shop, its team, and the companies that it sells to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from pytest_django.plugin import DjangoDbBlocker

from caudal.catalog.actions import add_product
from caudal.catalog.models import Product
from caudal.core.money import Money
from caudal.crm.actions import CompanyDraft, add_company, set_up_pipelines
from caudal.crm.models import Company, Pipeline, Stage
from caudal.kit.access import SYSTEM, Actor
from caudal.workspace.actions import add_member, add_team, found_company, set_pillars
from caudal.workspace.models import CompanySettings, Member, Pillar, Role, Team
from caudal.workspace.queries import actor_of_member
from tests.kept import World, built

AT: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""
PILLARS: Final = (
    ("courses", "Courses and webinars", "Cursos y webinars"),
    ("saas", "Marketing SaaS", "SaaS de marketing"),
    ("documents", "Bulk documents", "Documentos masivos"),
)


@dataclass(frozen=True, slots=True)
class Shop:
    """Ana's course shop. Marta manages sales, where Rosa sells; Raul sells in another team."""

    settings: CompanySettings
    pillars: dict[str, Pillar]
    pipelines: dict[str, Pipeline]
    products: dict[str, Product]
    sales: Team
    ana: Member
    marta: Member
    rosa: Member
    raul: Member
    acme: Company
    """A customer on Professional, Rosa's."""
    globex: Company
    """A customer with 1.2 million documents a month, Raul's."""

    def actor(self, who: str) -> Actor:
        """Return somebody of the shop as an actor: `ana`, `marta`, `rosa`, `raul`."""
        member: Member = getattr(self, who)
        return actor_of_member(member, self.settings)

    def stages(self, pillar: str) -> list[Stage]:
        """Return the stages of a pillar's pipeline, in order."""
        return list(self.pipelines[pillar].stages.order_by("position"))


def open_shop(language: str = "en") -> Shop:
    """Found the shop, with everything in it."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    settings = found_company(
        **made, company="Ana's course shop", currency="EUR", zone="Europe/Madrid", country="ES", language=language
    )
    pillars = {pillar.key: pillar for pillar in set_pillars(**made, pillars=PILLARS)}
    pipelines = set_up_pipelines(**made, pillars=pillars.values())
    sales = add_team(**made, name="Sales")
    north = add_team(**made, name="Sales north", parent=sales)
    partners = add_team(**made, name="Partners")
    rosa = add_member(**made, name="Rosa", email="rosa@example.com", role=Role.REP, team=north)
    raul = add_member(**made, name="Raúl", email="raul@example.com", role=Role.REP, team=partners)
    return Shop(
        settings=settings,
        pillars=pillars,
        pipelines=dict(zip(pillars, pipelines, strict=True)),
        products={
            "course": add_product(
                **made,
                name="Prompt course",
                sku="PC-1",
                pillar_id=pillars["courses"].pk,
                list_price=Money.of("297", "EUR"),
            ),
            "professional": add_product(
                **made,
                name="Professional",
                sku="PRO",
                pillar_id=pillars["saas"].pk,
                list_price=Money.of("99", "EUR"),
                unit="month",
            ),
            "documents": add_product(**made, name="Documents", sku="DOC", pillar_id=pillars["documents"].pk),
        },
        sales=sales,
        ana=add_member(**made, name="Ana", email="ana@example.com", role=Role.ADMIN),
        marta=add_member(**made, name="Marta", email="marta@example.com", role=Role.MANAGER, team=sales),
        rosa=rosa,
        raul=raul,
        acme=add_company(**made, company=CompanyDraft(name="Acme", domain="acme.example", owner_id=rosa.pk)),
        globex=add_company(**made, company=CompanyDraft(name="Globex", domain="globex.example", owner_id=raul.pk)),
    )


@pytest.fixture(scope="session")
def world_of_shop(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World[Shop]]:
    """The shop, opened once by each process."""
    with django_db_blocker.unblock(), built("shop", open_shop) as world:
        yield world


@pytest.fixture
def shop(db: None, world_of_shop: World[Shop]) -> Shop:
    """Ana's course shop."""
    return world_of_shop.tell() if world_of_shop.is_entered() else open_shop()
