"""The words by which columns, kinds of files and stages are recognised, in English and Spanish.

Words are compared without case, accents and punctuation: `Deal-Stage`, `deal_stage` and `Deal stage` are one. A word
in front wins over those behind it when a file has columns for several of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from caudal.core.errors import msg
from caudal.crm.models import Outcome


class Kind(StrEnum):
    """What the rows of a file become."""

    MEMBERS = "members"
    PRODUCTS = "products"
    COMPANIES = "companies"
    PEOPLE = "people"
    LEADS = "leads"
    DEALS = "deals"


class Reading(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    NAME = "name"
    """Names rows of some kind."""
    NUMBER = "number"
    WHOLE = "whole"
    DAY = "day"
    EMAIL = "email"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class Field:
    """A column that a kind of file may have."""

    name: str
    reading: Reading
    telling: tuple[str, ...] = ()
    """Words that speak for this kind of file."""
    plain: tuple[str, ...] = ()
    """Words that any kind of file might use."""
    names: Kind | None = None
    """The kind of the rows that it names."""
    length: int = 200


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of file: its columns, and what it is called."""

    kind: Kind
    files: tuple[str, ...]
    """Words in the name of a file that speak for this kind."""
    needs: tuple[frozenset[str], ...]
    """A file is of this kind only if it has all the fields of one of these sets."""
    fields: tuple[Field, ...]


_ENGLISH_OWNERS: Final = ("owner", "account owner", "deal owner", "sales agent", "agent", "rep", "sales rep")


def _owner(*telling: str) -> Field:
    return Field(
        "owner",
        Reading.NAME,
        telling,
        (*_ENGLISH_OWNERS, "propietario", "responsable", "comercial", "vendedor", "agente", "asesor"),
        names=Kind.MEMBERS,
    )


_COMPANY: Final = ("account", "account name", "company", "company name", "empresa", "cuenta", "organization")
_COMPANY_TOO: Final = ("organisation", "customer", "client", "cliente", "nombre empresa", "razon social", "compania")
_NAME: Final = ("name", "nombre", "title", "titulo")
_CURRENCY: Final = Field("currency", Reading.TEXT, (), ("currency", "currency code", "moneda", "divisa"), length=3)
_EMAIL: Final = ("email", "e mail", "email address", "mail", "correo", "correo electronico")
_PHONE: Final = ("phone", "phone number", "mobile", "telephone", "telefono", "movil")

TABLES: Final = (
    Table(
        Kind.MEMBERS,
        ("team", "teams", "agents", "members", "users", "reps", "equipo", "equipos", "comerciales", "vendedores"),
        (frozenset({"name"}),),
        (
            Field(
                "name",
                Reading.NAME,
                (
                    "sales agent",
                    "agent",
                    "sales rep",
                    "rep",
                    "salesperson",
                    "vendedor",
                    "comercial",
                    "agente",
                    "asesor",
                ),
                (*_NAME, "member", "user", "full name", "nombre completo", "empleado"),
                names=Kind.MEMBERS,
            ),
            Field("key", Reading.TEXT, ("agent id", "user id", "rep id", "id comercial", "id vendedor"), ("id",)),
            Field("email", Reading.EMAIL, (), _EMAIL, length=254),
            Field(
                "manager",
                Reading.NAME,
                ("manager", "sales manager", "supervisor", "jefe", "gerente", "responsable"),
                (),
                names=Kind.MEMBERS,
            ),
            Field(
                "team",
                Reading.TEXT,
                ("regional office", "team", "sales team", "equipo", "oficina regional", "delegacion"),
                ("office", "region", "oficina", "zona"),
                length=120,
            ),
        ),
    ),
    Table(
        Kind.PRODUCTS,
        ("product", "products", "catalog", "catalogue", "price list", "producto", "productos", "catalogo", "tarifa"),
        (frozenset({"name"}),),
        (
            Field(
                "name",
                Reading.NAME,
                ("product", "product name", "producto", "nombre producto", "articulo"),
                _NAME,
                names=Kind.PRODUCTS,
            ),
            Field(
                "key",
                Reading.TEXT,
                ("sku", "product id", "product code", "codigo producto", "id producto"),
                ("id", "code", "codigo", "referencia"),
                length=80,
            ),
            Field(
                "list_price",
                Reading.NUMBER,
                ("sales price", "list price", "unit price", "precio", "pvp", "tarifa"),
                ("price", "importe", "amount"),
            ),
            _CURRENCY,
            Field("unit", Reading.TEXT, (), ("unit", "unit of measure", "unidad"), length=40),
        ),
    ),
    Table(
        Kind.COMPANIES,
        ("account", "accounts", "company", "companies", "customers", "empresa", "empresas", "cuentas", "clientes"),
        (frozenset({"name"}),),
        (
            Field("name", Reading.NAME, (*_COMPANY, *_COMPANY_TOO), _NAME, names=Kind.COMPANIES),
            Field(
                "key",
                Reading.TEXT,
                ("account id", "company id", "customer id", "id empresa", "id cuenta", "id cliente"),
                ("id", "record id"),
            ),
            Field(
                "domain",
                Reading.TEXT,
                ("domain", "website", "web", "company domain name", "dominio", "sitio web"),
                ("url",),
                length=253,
            ),
            Field("sector", Reading.TEXT, ("sector", "industry", "industria"), ("vertical",), length=80),
            Field(
                "country",
                Reading.TEXT,
                ("country", "pais", "office location", "billing country"),
                ("location", "ubicacion"),
                length=80,
            ),
            Field(
                "employees",
                Reading.WHOLE,
                ("employees", "number of employees", "headcount", "empleados", "numero de empleados", "plantilla"),
            ),
            Field(
                "parent",
                Reading.NAME,
                (
                    "subsidiary of",
                    "parent",
                    "parent account",
                    "parent company",
                    "matriz",
                    "filial de",
                    "empresa matriz",
                ),
                names=Kind.COMPANIES,
            ),
            _owner(),
        ),
    ),
    Table(
        Kind.PEOPLE,
        ("people", "person", "contact", "contacts", "persona", "personas", "contacto", "contactos"),
        (frozenset({"name"}), frozenset({"given_name"}), frozenset({"email"})),
        (
            Field(
                "name",
                Reading.TEXT,
                ("contact", "contact name", "full name", "person", "contacto", "nombre completo"),
                _NAME,
            ),
            Field(
                "given_name", Reading.TEXT, ("first name", "given name", "nombre de pila"), ("firstname",), length=120
            ),
            Field(
                "family_name",
                Reading.TEXT,
                ("last name", "family name", "surname", "apellido", "apellidos"),
                ("lastname",),
                length=120,
            ),
            Field("key", Reading.TEXT, ("contact id", "person id", "id contacto", "id persona"), ("id", "record id")),
            Field("email", Reading.EMAIL, _EMAIL, length=254),
            Field("phone", Reading.TEXT, _PHONE, length=40),
            Field("job_title", Reading.TEXT, ("job title", "position", "role", "cargo", "puesto"), (), length=120),
            Field("company", Reading.NAME, (), (*_COMPANY, *_COMPANY_TOO), names=Kind.COMPANIES),
            _owner("contact owner"),
        ),
    ),
    Table(
        Kind.LEADS,
        ("lead", "leads", "prospect", "prospects", "enquiries", "prospecto", "prospectos", "interesados"),
        (
            frozenset({"key", "channel"}),
            frozenset({"key", "captured"}),
            frozenset({"email", "channel"}),
            frozenset({"email", "captured"}),
            frozenset({"name", "channel"}),
            frozenset({"name", "captured"}),
        ),
        (
            Field(
                "key",
                Reading.TEXT,
                ("lead id", "lead number", "prospect id", "mql id", "id lead", "id prospecto"),
                ("id",),
            ),
            Field("name", Reading.TEXT, ("lead", "lead name", "prospect", "prospecto"), (*_NAME, "full name")),
            Field("company_name", Reading.TEXT, (), (*_COMPANY, *_COMPANY_TOO)),
            Field("email", Reading.EMAIL, (), _EMAIL, length=254),
            Field("phone", Reading.TEXT, (), _PHONE, length=40),
            Field(
                "channel",
                Reading.TEXT,
                ("lead source", "source", "origin", "fuente", "origen", "canal"),
                ("channel",),
                length=80,
            ),
            Field(
                "captured",
                Reading.DAY,
                ("first contact date", "captured", "fecha de captacion", "fecha contacto"),
                ("created", "created at", "created date", "create date", "fecha", "fecha alta", "date"),
            ),
            _owner("lead owner"),
        ),
    ),
    Table(
        Kind.DEALS,
        ("deal", "deals", "opportunity", "opportunities", "pipeline", "sales", "negocios", "oportunidades", "ventas"),
        (frozenset({"stage"}), frozenset({"amount", "opened", "company"}), frozenset({"amount", "closed", "company"})),
        (
            Field(
                "key",
                Reading.TEXT,
                ("opportunity id", "deal id", "id oportunidad", "id negocio", "id de oportunidad"),
                ("id", "record id"),
            ),
            Field(
                "name",
                Reading.TEXT,
                ("deal name", "opportunity name", "deal", "opportunity", "negocio", "oportunidad"),
                _NAME,
            ),
            Field("company", Reading.NAME, (), (*_COMPANY, *_COMPANY_TOO), names=Kind.COMPANIES),
            Field("product", Reading.NAME, (), ("product", "product name", "producto"), names=Kind.PRODUCTS),
            _owner(),
            Field(
                "stage",
                Reading.STAGE,
                ("deal stage", "stage", "sales stage", "etapa", "fase", "etapa del negocio"),
                ("status", "estado"),
                length=120,
            ),
            Field(
                "amount",
                Reading.NUMBER,
                ("close value", "deal value", "deal amount", "importe", "valor"),
                ("amount", "value", "total", "monto", "cuantia"),
            ),
            _CURRENCY,
            Field(
                "opened",
                Reading.DAY,
                ("engage date", "open date", "opened", "fecha de apertura", "fecha apertura"),
                ("created", "created at", "created date", "create date", "start date", "fecha inicio", "fecha alta"),
            ),
            Field(
                "closed",
                Reading.DAY,
                ("close date", "closed date", "closed", "fecha cierre", "fecha de cierre"),
                ("end date", "fecha fin"),
            ),
            Field(
                "expected",
                Reading.DAY,
                ("expected close date", "expected close", "cierre previsto", "fecha prevista de cierre"),
            ),
        ),
    ),
)
"""Every kind of file, in the order in which they are taken: each names only rows of those before it."""

BY_KIND: Final[Mapping[Kind, Table]] = {table.kind: table for table in TABLES}

OUTCOMES: Final[Mapping[str, Outcome]] = {
    **dict.fromkeys(
        ("won", "closed won", "win", "ganado", "ganada", "cerrada ganada", "cerrado ganado", "ganada cerrada"),
        Outcome.WON,
    ),
    **dict.fromkeys(
        ("lost", "closed lost", "perdido", "perdida", "cerrada perdida", "cerrado perdido", "perdida cerrada"),
        Outcome.LOST,
    ),
}
"""Stages in which a deal has ended."""

STAGES: Final[Mapping[str, Decimal]] = {
    word: Decimal(probability)
    for probability, words in (
        ("0.05", ("new", "open", "prospecting", "prospect", "lead in", "nuevo", "abierta", "prospeccion")),
        (
            "0.10",
            ("qualification", "qualifying", "discovery", "appointment scheduled", "calificacion", "cualificacion"),
        ),
        (
            "0.20",
            ("qualified", "qualified to buy", "needs analysis", "engaging", "contacted", "cualificado", "contactado"),
        ),
        (
            "0.30",
            ("demo", "demonstration", "presentation scheduled", "value proposition", "presentacion", "demostracion"),
        ),
        (
            "0.50",
            ("proposal", "quote", "proposal price quote", "pilot", "propuesta", "presupuesto", "oferta", "piloto"),
        ),
        ("0.70", ("negotiation", "negotiation review", "decision maker bought in", "negociacion", "decision")),
        ("0.90", ("contract sent", "verbal", "commit", "contrato enviado", "firma", "compromiso")),
    )
    for word in words
}
"""Probability of winning from a stage, which is also the order of stages; the team changes both later."""
OTHERWISE: Final = Decimal("0.15")
"""The probability of a stage with a word of its own."""

LABELS: Final[Mapping[Kind, str]] = {
    Kind.MEMBERS: msg("members"),
    Kind.PRODUCTS: msg("products"),
    Kind.COMPANIES: msg("companies"),
    Kind.PEOPLE: msg("people"),
    Kind.LEADS: msg("leads"),
    Kind.DEALS: msg("deals"),
}
"""What the rows of each kind are called."""
