"""The columns of leads and deals, and the words by which deals end. A new column is one line here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from caudal.core.errors import msg
from caudal.crm.imports.vocabulary.kinds import Field, Kind, Reading, Table, in_words, words
from caudal.crm.imports.vocabulary.parties import (
    COMPANY,
    COMPANY_KEYS,
    CURRENCY,
    DELETED,
    EMAIL,
    NAME,
    PHONE,
    SALES_MODEL,
    TAGS,
    name_parts,
    owner,
)
from caudal.crm.models import CloseReason, DisqualifyReason, Outcome

CREATED: Final = words(
    "created, created at, created date, create date, createdate, created time, created on, date created, fecha, "
    "fecha alta, fecha de creacion, date, hora de creacion"
)

LEADS: Final = Table(
    Kind.LEADS,
    words("lead, leads, prospect, prospects, enquiries, prospecto, prospectos, interesados, posibles clientes"),
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
            words("lead id, lead number, prospect id, mql id, do not modify lead, no modificar cliente potencial, id lead, id prospecto"),
            words("id, record id, id de registro"),
            label=msg("Key there"),
        ),
        Field("name", Reading.TEXT, words("lead, lead name, lead title, prospect, prospecto"), (*NAME, *words("full name, topic, subject, contact, contact name, lead contact person")), label=msg("Name")),
        *name_parts(),
        Field("company_name", Reading.TEXT, (), COMPANY, label=msg("Company")),
        Field("email", Reading.EMAIL, (), EMAIL, length=254, label=msg("E-mail")),
        Field("phone", Reading.TEXT, (), PHONE, length=40, label=msg("Phone")),
        Field(
            "channel",
            Reading.TEXT,
            words("lead source, source, origin, original source, hs analytics source, lead source name, fuente, origen, fuente del lead, canal"),
            ("channel",),
            length=80,
            label=msg("Channel"),
        ),
        Field(
            "captured",
            Reading.DAY,
            words("first contact date, captured, lead created, fecha de captacion, fecha contacto"),
            CREATED,
            label=msg("Captured on"),
        ),
        Field("is_converted", Reading.FLAG, (), words("is converted, converted, convertido"), label=msg("Was converted")),
        Field("converted", Reading.DAY, words("converted date, converted date time, converted time, conversion date"), label=msg("Converted on")),
        Field("person_key", Reading.LINK, words("converted contact id, parent contact id"), names=Kind.PEOPLE, label=msg("Became this person, by key")),
        Field("company_key", Reading.LINK, words("converted account id"), names=Kind.COMPANIES, label=msg("Became this company, by key")),
        Field("deal_key", Reading.LINK, words("converted opportunity id, converted deal id, qualifying opportunity id"), names=Kind.DEALS, label=msg("Became this deal, by key")),
        Field("state", Reading.TEXT, quiet=words("lead status, hs lead status, status, estado del lead, estado del cliente potencial, estado"), length=200, label=msg("Given up or not")),
        Field("disqualified", Reading.DAY, words("disqualified date, disqualified on, date disqualified, fecha de descarte, fecha de descalificacion"), label=msg("Disqualified on")),
        Field("disqualify_reason", Reading.TEXT, words("disqualified reason, disqualification reason, reason disqualified, unqualified reason, motivo de descarte, motivo de descalificacion"), length=2000, label=msg("Reason why it goes no further")),
        Field("disqualify_note", Reading.TEXT, words("disqualified note, disqualification note, nota de descarte"), length=20_000, label=msg("Note on why it goes no further")),
        TAGS,
        *owner("lead owner", "propietario del lead"),
        DELETED,
    ),
)  # fmt: skip

PIPELINES: Final = Table(
    Kind.PIPELINES,
    words("pipelines, stages, embudos, etapas"),
    (frozenset({"pipeline", "name", "probability"}),),
    (
        Field("pipeline", Reading.TEXT, words("pipeline, pipeline name, embudo"), length=120, label=msg("Pipeline")),
        Field("name", Reading.STAGE, words("stage, stage name, etapa, fase"), length=120, label=msg("Stage")),
        Field("probability", Reading.NUMBER, words("probability, win probability, probabilidad"), label=msg("Probability")),
        Field("days_to_rot", Reading.WHOLE, words("days to rot, rotten days, days until it is stale, dias hasta enfriarse"), label=msg("Days until it is stale")),
    ),
    least=("name",),
)  # fmt: skip

DEALS: Final = Table(
    Kind.DEALS,
    words("deal, deals, opportunity, opportunities, pipeline, sales, negocios, tratos, oportunidades, ventas"),
    (
        frozenset({"stage"}),
        frozenset({"amount", "opened", "company"}),
        frozenset({"amount", "closed", "company"}),
        frozenset({"key", "won_at"}),
        frozenset({"lead_key", "won_at"}),
    ),
    (
        Field(
            "key",
            Reading.TEXT,
            words("opportunity id, deal id, deal pipedrive system id, do not modify opportunity, no modificar oportunidad, id oportunidad, id negocio, id de oportunidad"),
            words("id, record id, id de registro"),
            label=msg("Key there"),
        ),
        Field("name", Reading.TEXT, words("deal name, deal title, opportunity name, deal, opportunity, negocio, oportunidad, negocio titulo, trato titulo, nombre del negocio"), (*NAME, *words("title, topic, titulo, tema")), label=msg("Name")),
        Field("company", Reading.NAME, (), COMPANY, names=Kind.COMPANIES, label=msg("Company")),
        Field("company_key", Reading.LINK, (), COMPANY_KEYS, names=Kind.COMPANIES, label=msg("Company, by key")),
        Field("person", Reading.TEXT, words("deal contact person, primary contact, contact person"), words("contact name, contact, contacto, persona de contacto, associated contact"), label=msg("Person")),
        Field("person_key", Reading.LINK, words("contact name id, associated contact ids, primary contact id"), words("contact id, person id, parent contact id"), names=Kind.PEOPLE, label=msg("Person, by key")),
        Field("lead_key", Reading.LINK, words("mql id, lead id, originating lead id, converted from lead"), names=Kind.LEADS, label=msg("Lead, by key")),
        Field("product", Reading.NAME, (), words("product, product name, producto"), names=Kind.PRODUCTS, label=msg("Product")),
        SALES_MODEL,
        TAGS,
        *owner("opportunity owner", "propietario del negocio", "deal owner"),
        Field("pipeline", Reading.TEXT, words("deal pipeline, pipeline, sub pipeline, pipeline name, embudo, negocio embudo, trato embudo"), length=100, label=msg("Pipeline")),
        Field(
            "stage",
            Reading.STAGE,
            words("deal stage, stage, stage name, sales stage, pipeline phase, step name, etapa, fase, etapa del negocio, negocio etapa, trato etapa, fase de canalizacion"),
            words("status, deal status, estado"),
            length=120,
            label=msg("Stage"),
        ),
        Field("status", Reading.TEXT, words("negocio estado, trato estado"), words("deal status, status, estado"), length=40, label=msg("Open, won or lost")),
        Field(
            "amount",
            Reading.NUMBER,
            words("close value, deal value, deal amount, total amount, est revenue, estimated revenue, estimated value, importe, valor, negocio valor, trato valor, ingresos estimados"),
            words("amount, value, total, monto, cuantia, actual revenue, actual value"),
            label=msg("Amount"),
        ),
        CURRENCY,
        Field(
            "opened",
            Reading.DAY,
            words("engage date, open date, opened, deal created, deal deal created, deal creation date, fecha de apertura, fecha apertura, negocio creado"),
            (*CREATED, *words("start date, fecha inicio")),
            label=msg("Opened on"),
        ),
        Field(
            "closed",
            Reading.DAY,
            words("close date, closed date, closing date, actual close date, deal closed on, closed, fecha cierre, fecha de cierre"),
            words("end date, fecha fin"),
            label=msg("Closed on"),
        ),
        Field("won_at", Reading.DAY, words("won time, deal won time, won date, fecha ganada, negocio hora de ganado"), label=msg("Won on")),
        Field("lost_at", Reading.DAY, words("lost time, deal lost time, lost date, fecha perdida, negocio hora de perdido"), label=msg("Lost on")),
        Field(
            "expected",
            Reading.DAY,
            words("expected close date, deal expected close date, expected close, est close date, estimated close date, cierre previsto, fecha prevista de cierre, fecha de cierre prevista, fecha de cierre estimada, negocio fecha de cierre prevista"),
            label=msg("Expected to close on"),
        ),
        Field("history", Reading.TEXT, words("stage history, historial de etapas"), length=20_000, label=msg("Stages it went through")),
        Field("competitors", Reading.TEXT, words("competitors, main competitors, main competitors c, competidores"), ("competitor", "competidor"), length=2000, label=msg("Competitors")),
        Field("lines", Reading.TEXT, words("line items, lineas de la oportunidad, lineas del negocio"), length=60_000, label=msg("Line items")),
        Field("is_closed", Reading.FLAG, words("is closed"), label=msg("Has ended")),
        Field("is_won", Reading.FLAG, words("is won, hs is closed won, is closed won"), label=msg("Was won")),
        Field(
            "lost_reason",
            Reading.TEXT,
            words("closed lost reason, lost reason, deal lost reason, reason for loss, reason for loss s, loss reason, motivo de perdida, negocio motivo de perdida"),
            ("status reason",),
            length=2000,
            label=msg("Reason of the loss"),
        ),
        Field("close_note", Reading.TEXT, words("lost note, close note, nota de cierre"), length=20_000, label=msg("Note on the end")),
        DELETED,
    ),
)  # fmt: skip

OUTCOMES: Final[Mapping[str, Outcome]] = {
    **dict.fromkeys(
        words("won, closed won, closedwon, win, ganado, ganada, cerrada ganada, cerrado ganado, ganada cerrada, cierre ganado"),
        Outcome.WON,
    ),
    **dict.fromkeys(
        words(
            "lost, closed lost, closedlost, closed lost to competition, canceled, out sold, perdido, perdida, "
            "cerrada perdida, cerrado perdido, perdida cerrada, cierre perdido"
        ),
        Outcome.LOST,
    ),
}  # fmt: skip
"""Words for a deal that has ended."""

LOSS_REASONS: Final[Mapping[str, CloseReason]] = {
    word: reason
    for reason, listed in (
        (CloseReason.PRICE, "price, too expensive, pricing, precio, demasiado caro"),
        (CloseReason.COMPETITOR, "competitor, lost to competitor, lost to competition, competition, competencia, out sold"),
        (CloseReason.NO_BUDGET, "no budget, lost to no budget, budget, lost funding, sin presupuesto"),
        (CloseReason.NO_DECISION, "no decision, no decision non responsive, canceled, sin decision"),
        (CloseReason.NO_ANSWER, "no answer, no response, non responsive, unresponsive, sin respuesta"),
        (CloseReason.TIMING, "timing, bad timing, not now, momento, future interest"),
        (CloseReason.FEATURES, "features, missing features, feature, product fit, funcionalidad, prestaciones"),
    )
    for word in words(listed)
}  # fmt: skip
"""What decided a deal, by the words of other systems; other words become a note."""

GIVEN_UP: Final[Mapping[str, DisqualifyReason]] = {
    word: reason
    for reason, listed in (
        (DisqualifyReason.OTHER, "unqualified, disqualified, not qualified, closed not converted, lost, lost lead, descalificado, descartado, no cualificado, no calificado, perdido, cerrado no convertido"),
        (DisqualifyReason.SPAM, "junk lead, junk, spam, correo no deseado"),
    )
    for word in words(listed)
}  # fmt: skip
"""States of a lead that goes no further; what other systems say besides leaves it open."""

GIVEN_UP_REASONS: Final[Mapping[str, DisqualifyReason]] = {
    in_words(word): reason
    for reason, listed in (
        (DisqualifyReason.NO_FIT, "no fit, does not fit, not a fit, bad fit, no encaja"),
        (DisqualifyReason.NO_BUDGET, "no budget, budget, cannot afford, sin presupuesto"),
        (DisqualifyReason.NO_ANSWER, "no answer, no response, unresponsive, cannot contact, no contesta, sin respuesta"),
        (DisqualifyReason.NOT_NOW, "not now, bad timing, timing, ahora no, mal momento"),
        (DisqualifyReason.UNREACHABLE, "unreachable, wrong address or number, bad contact details, direccion o numero erroneos"),
        (DisqualifyReason.DUPLICATE, "duplicate, known already, duplicado, ya conocido"),
        (DisqualifyReason.SPAM, "spam, junk, not a real enquiry"),
        (DisqualifyReason.OTHER, "other, otro, otra"),
    )
    for word in words(listed)
}  # fmt: skip
"""Why a lead goes no further, by the words of other systems; other words become a note."""

STAGES: Final[Mapping[str, Decimal]] = {
    word: Decimal(probability)
    for probability, listed in (
        ("0.05", "new, open, prospecting, prospect, lead in, nuevo, abierta, prospeccion"),
        ("0.10", "qualification, qualifying, qualify, discovery, appointment scheduled, appointmentscheduled, calificacion, cualificacion"),
        ("0.20", "qualified, qualified to buy, qualifiedtobuy, needs analysis, engaging, contacted, contact made, cualificado, contactado"),
        ("0.30", "demo, demonstration, demo scheduled, presentation scheduled, presentationscheduled, value proposition, develop, presentacion, demostracion"),
        ("0.50", "proposal, quote, proposal price quote, proposal made, propose, id decision makers, perception analysis, pilot, propuesta, presupuesto, oferta, piloto"),
        ("0.70", "negotiation, negotiation review, negotiations started, decision maker bought in, decisionmakerboughtin, negociacion, decision"),
        ("0.90", "contract sent, contractsent, verbal, commit, close, contrato enviado, firma, compromiso"),
    )
    for word in words(listed)
}  # fmt: skip
"""Probability of winning from a stage, which is also the order of stages; the team changes both later."""
OTHERWISE: Final = Decimal("0.15")
"""The probability of a stage with a word of its own."""
