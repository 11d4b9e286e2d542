"""The companies that the tour looks at, and who looks at them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from caudal.catalog.models import Bundle, Charge, Offering, Product
from caudal.core.ids import Ref
from caudal.core.journal import move
from caudal.core.money import Money
from caudal.core.periods import CalendarPeriod, Grain, add_months
from caudal.core.plans import set_target
from caudal.crm.actions import (
    ConsentDraft,
    ErasureDraft,
    ask_to_reopen,
    change_deal,
    delete_lead,
    erase_subject,
    note_consent,
    save_profile,
)
from caudal.crm.actions.bulk import Chosen, Edit, How, edit_many, rehearse_edit
from caudal.crm.actions.erasing import EraseReason
from caudal.crm.imports.decisions import Decisions
from caudal.crm.imports.glimpses import uploads_of
from caudal.crm.imports.profiles import content_of, headed
from caudal.crm.imports.running import OPERATION
from caudal.crm.imports.undoing import UNDO_REHEARSAL
from caudal.crm.imports.waiting import REHEARSAL, carry_out
from caudal.crm.models import (
    Activity,
    Channel,
    Company,
    Competitor,
    Consent,
    Deal,
    ImportProfile,
    Lead,
    Outcome,
    Person,
    Pipeline,
    Tag,
)
from caudal.crm.queries import Meaning
from caudal.demo.actions import grow
from caudal.kit.access import SYSTEM, Actor
from caudal.kit.http import HttpAnswer, NullHttp
from caudal.kit.outbox import drain
from caudal.kit.world import now, use, world
from caudal.ledger.actions import EntryDraft, ask_reopening, close_month, post_entries, reverse_entry
from caudal.ledger.models import Account
from caudal.plan.actions import (
    ActualDraft,
    begin_draft,
    carry_out_simulation,
    change_draft,
    decide_draft,
    keep_scenario,
    propose_draft,
    start_simulation,
    type_actuals,
)
from caudal.plan.models import PlanDraft, PlanVersion
from caudal.plan.queries import adopted_plan, source_called
from caudal.usage.actions import add_subject, record_events
from caudal.usage.models import Meter
from caudal.workspace.actions import (
    add_field,
    add_member,
    add_webhook,
    attach_file,
    deactivate_member,
    detach_file,
    found_company,
    invite_member,
    issue_key,
    make_sign_in_link,
    ping_webhook,
    send_messages,
    share_record,
)
from caudal.workspace.models import (
    Attachment,
    CompanySettings,
    CustomField,
    Member,
    Operation,
    OperationState,
    Role,
    Team,
)
from caudal.workspace.queries import actor_of_member, default_entity
from tests.web.agreed import agreed
from tests.web.booked import spent
from tests.web.invoiced import invoices
from tests.web.stops import Reader, World

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MONTHS = 2
PDF = b"%PDF-1.7\n%%EOF\n"


@dataclass(frozen=True, slots=True)
class Stage:
    """A company that is there: its readers, and what `{…}` of an address means."""

    members: dict[Reader, Member]
    ids: dict[str, str] = field(default_factory=dict)

    def session_of(self, reader: Reader) -> str:
        """Return the cookie of a reader who has just signed in; none for a stranger."""
        if reader not in self.members:
            return ""
        client = Client()
        client.force_login(self.members[reader], backend=BACKEND)
        return client.cookies[settings.SESSION_COOKIE_NAME].value


def set_up(world: World) -> Stage:
    """Let a company come to be."""
    return full_company() if world is World.FULL else empty_company()


def empty_company() -> Stage:
    """A company of this minute."""
    at = now()
    found_company(actor=SYSTEM, as_of=at, company="Ana's course shop", currency="EUR", zone="Europe/Madrid")
    ana = add_member(actor=SYSTEM, as_of=at, name="Ana Ruiz", email="ana@example.com", role=Role.ADMIN)
    return Stage({Reader.FOUNDER: ana})


def own_fields(at: datetime) -> dict[str, CustomField]:
    """A field that the company added itself, and a formula."""
    of_companies: dict[str, Any] = {
        "record_kind": "company",
        "key": "seats",
        "type": "number",
        "label": "Seats",
        "label_es": "Plazas",
    }
    of_deals: dict[str, Any] = {
        "record_kind": "deal",
        "key": "age",
        "type": "formula",
        "label": "Age",
        "label_es": "Antigüedad",
    }
    return {
        "field": add_field(actor=SYSTEM, as_of=at, **of_companies),
        "formula": add_field(actor=SYSTEM, as_of=at, formula="as_of - day_of(opened_at)", **of_deals),
    }


def full_company() -> Stage:
    """The demo company up to today, with two questions that wait, a key, and people on their way in."""
    at = now()
    grow(seed=1, months=MONTHS, end=at.date())
    own = CompanySettings.objects.get()
    founder = Member.objects.filter(role=Role.ADMIN).order_by("pk")[0]
    won, other_won = (
        Deal.objects.filter(close__outcome=Outcome.WON).exclude(owner=None).order_by("-amount_minor", "pk")[:2]
    )
    assert won.owner is not None
    assert won.company is not None
    rep = won.owner
    rep.set_password("a sentence that nobody guesses")
    rep.save(update_fields=["password"])
    for deal, who in ((won, rep), (other_won, founder)):
        actor = actor_of_member(who, own)
        reason = "The customer signed for twelve seats, not for ten; the amount is wrong."
        ask_to_reopen(actor=actor, as_of=at, deal_id=deal.pk, reason=reason)
    for name, days in (("Website form", None), ("Accounting, until the end of the year", 30)):
        expires = at + timedelta(days=days) if days else None
        issue_key(
            actor=SYSTEM, as_of=at, name=name, role=Role.REP, scopes=("crm:read", "crm:write"), expires_at=expires
        )
    guest = add_member(actor=SYSTEM, as_of=at, name="Bea Sanz", email="bea@example.com", role=Role.REP)
    throw_away(actor_of_member(founder, own), at)
    deals, leads = (
        Deal.objects.order_by("-created_at", "pk"),
        Lead.objects.filter(deleted_at=None).order_by("-captured_at", "pk"),
    )
    rows: dict[str, Any] = {
        "deal": deals.filter(close=None)[0],
        "won": won,
        "lost": deals.filter(close__outcome=Outcome.LOST)[0],
        "lead": leads.filter(conversion=None, disqualification=None)[0],
        "converted": leads.exclude(conversion=None)[0],
        "disqualified": leads.exclude(disqualification=None)[0],
        "planned": Activity.objects.filter(completion=None).order_by("due_date", "pk")[0],
        "done": Activity.objects.exclude(completion=None).order_by("pk")[0],
        "company": won.company,
        "pipeline": Pipeline.objects.order_by("position", "pk")[0],
        "stage": deals.filter(close=None)[0].stage,
        "channel": Channel.objects.order_by("pk")[0],
        "tag": Tag.objects.order_by("pk")[0],
        "competitor": Competitor.objects.order_by("pk")[0],
        **(bulk_edits(founder, own) | plans_written(at, founder, own)),
        **(simulations(founder, own) | actuals_typed(at, founder, own)),
        "rehearsal": (rehearsal := rehearsed(founder)),
        "imported": (batch := imported(founder, rehearsal)),
        "undoing": undoing(founder, batch),
        "profile": saved_profile(founder, own, rehearsal),
        **(own_fields(at) | sold() | posted(at) | invoices(won.company, at) | metered(won.company, at)),
        "rep": rep,
        "left": leaver(at, rep),
        "team": Team.objects.filter(deleted_at=None).order_by("pk")[0],
        "person": Person.objects.filter(company=won.company).order_by("pk")[0],
    }
    rows |= agreed(at) | {"consent": forget_and_agree(rows), "gone_file": kept_files(rows["deal"], at)}
    share_record(actor=SYSTEM, as_of=at, record=rows["deal"].ref, holder=guest.ref, ends_at=at + timedelta(days=10))
    for handler in ("crm.tell_members", "workspace.tell_of_approval", "billing.mrr"):
        drain(handler, as_of=at)
    return Stage(
        {Reader.FOUNDER: founder, Reader.REP: rep},
        {name: str(row.ref) for name, row in rows.items()}
        | {
            "invitation": invite_member(actor=SYSTEM, as_of=at, member=guest),
            "letters": signing.dumps([str(rep.ref), "digest"], salt="workspace.unsubscribe"),
            "sign_in": make_sign_in_link(actor=SYSTEM, as_of=at, member=founder),
        },
    )


def sold() -> dict[str, Any]:
    """An offering with seats and add-ons, and a charge by usage."""
    return {
        "offering": Offering.objects.get(code="saas_professional"),
        "charge": Charge.objects.get(offering__code="documents_per_use"),
        "product": Product.objects.get(sku="SAAS-PRO"),
        "bundle": Bundle.objects.get(code="professional_care"),
    }


def posted(at: datetime) -> dict[str, Any]:
    """Sales and costs in two currencies, one of them reversed."""
    day = at.date()
    drafts = [
        EntryDraft(f"stage:{number}", move(Money.of(*amount), debit=debit, credit=credit, day=day, text=text))
        for number, (amount, debit, credit, text) in enumerate(
            (
                (("48400", "EUR"), "1200", "4000", "Acme, Enterprise, 200 seats"),
                (("12900.50", "EUR"), "1000", "1200", "Transfer of Acme"),
                (("980", "USD"), "1200", "4010", "Globex, 1,240,000 documents"),
                (("61250", "EUR"), "6000", "2100", "Salaries"),
                (("312.40", "EUR"), "6200", "1000", "Figma, twice by mistake"),
            )
        )
    ]
    entries = post_entries(actor=SYSTEM, as_of=at, drafts=drafts)
    reverse_entry(actor=SYSTEM, as_of=at, entry_id=entries[4].pk, day=day, text="Figma, charged twice")
    costs = spent(at)
    last_month = add_months(day, -1)
    closed = close_month(actor=SYSTEM, as_of=at, month=last_month, today=day)
    ask_reopening(actor=SYSTEM, as_of=at, closed_month_id=closed.pk, why="The invoice of the fair came late")
    found = {"entry": entries[1], "account": Account.objects.get(code="1200"), "entity": default_entity()}
    return found | costs | listening(at)


def listening(at: datetime) -> dict[str, Any]:
    """A warehouse that hears of deals and takes them, but for the last time, when it was down."""
    webhook, _secret = add_webhook(
        actor=SYSTEM,
        as_of=at,
        url="https://warehouse.example/caudal/in",
        description="Warehouse",
        events=["crm.deal_won", "crm.deal_lost"],
    )
    fates = [HttpAnswer(204, {}, b""), HttpAnswer(503, {}, b"Down for maintenance until noon.")]
    with use(replace(world(), http=NullHttp(answers=fates))):
        ping_webhook(actor=SYSTEM, as_of=at, webhook=webhook)
        send_messages(as_of=at)
        failed = ping_webhook(actor=SYSTEM, as_of=at, webhook=webhook)
        send_messages(as_of=at)
    return {"webhook": webhook, "webhook_message": failed}


def metered(company: Company, at: datetime) -> dict[str, Any]:
    """A month of usage of a company, with a correction, another content of an event, and what waits."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)

    def event(number: int, documents: int, *, subject: str = "team-7", **more: str) -> dict[str, Any]:
        said = {"source": "platform", "id": f"doc-{number}", "type": "document.made", "subject": subject}
        said["time"] = (day - timedelta(days=number, hours=5)).isoformat()
        return {**said, "data": {"documents": documents}, **more}

    add_subject(actor=SYSTEM, as_of=at, key="team-7", company_id=company.pk, note="The team in Lyon")
    events = [event(number, 40 + number * 37 % 90) for number in range(40)]
    wrong = [event(41, 9_000), event(42, 900, corrects="doc-41"), event(3, 12)]
    waiting = [event(43, 5, subject="archive-77"), event(44, 8, subject="archive-77"), event(45, 1, type="page.seen")]
    record_events(actor=SYSTEM, as_of=at, events=[*events, *wrong, *waiting])
    return {"meter": Meter.objects.get(code="documents")}


def plans_written(at: datetime, founder: Member, own: CompanySettings) -> dict[str, Any]:
    """A draft with more leads, one with mistakes, a budget that waits for its second approval and one that has it."""
    people = [founder, *(adds_manager(at, name) for name in ("Marta Vidal", "Iván Soler"))]
    actors = [actor_of_member(each, own) for each in people]
    source = source_called(actors[0])

    def begun(name: str, purpose: str, text: str) -> PlanDraft:
        draft = begin_draft(actor=actors[1], as_of=at, source=source, name=name, purpose=purpose)
        return change_draft(
            actor=actors[1], as_of=at, draft_id=draft.pk, text=text, note="More from webinars, less from ads."
        )

    more = set_target(source.text, "leads", lo=Fraction(12_000), hi=None)
    fewer_ads = set_target(more, "a_dis", lo=Fraction(5_000), hi=Fraction(15_000))
    rows = {
        "draft": begun("Second half with more webinars", "plan", fewer_ads),
        "wrong_draft": begun("A bold one", "forecast", more.replace('"leads/month"', '"lead/month"')),
        "proposed": begun("Budget with fewer ads", "budget", fewer_ads),
        "approved": begun("Budget of last spring", "budget", source.text),
    }
    for name in ("proposed", "approved"):
        propose_draft(actor=actors[1], as_of=at, draft_id=rows[name].pk)
        decide_draft(actor=actors[2], as_of=at, draft_id=rows[name].pk, granted=True, note="As we said on Monday.")
    decide_draft(actor=actors[0], as_of=at, draft_id=rows["approved"].pk, granted=True)
    slow = "[drivers.leads]\nlo = 7000\nhi = 9000\nunit = 'leads/month'\n\n[targets.win]\nlo = 0.2\nhi = 0.25\nunit = 'ratio'\n"
    scenario = keep_scenario(
        actor=actors[1], as_of=at, name="A slow spring", why="The webinars of May are put off until autumn.", text=slow
    )
    return {**rows, "scenario": scenario, "plan": PlanVersion.objects.order_by("created_at", "pk")[0]}


def actuals_typed(at: datetime, founder: Member, own: CompanySettings) -> dict[str, Any]:
    """A margin of two months, one of them corrected, and customers of this month."""
    actor = actor_of_member(founder, own)
    _, plan = adopted_plan(actor)
    month = CalendarPeriod.of(Grain.MONTH, at.date())

    def said(target: str, period: CalendarPeriod, value: str) -> ActualDraft:
        return ActualDraft(plan.target(target), period, Decimal(value), source="Books of the accountant")

    first = [said("nm", month.previous, "0.31"), said("nm", month.previous.previous, "0.29")]
    later = [said("nm", month.previous, "0.27"), said("new_cust", month, "31"), said("leads", month, "40")]
    rows = [row for drafts in (first, later) for row in type_actuals(actor=actor, as_of=at, drafts=drafts)]
    return {"actual": next(row for row in rows if row is not None)}


def adds_manager(at: datetime, name: str) -> Member:
    """Somebody who approves plans."""
    email = f"{name.split(maxsplit=1)[0].lower().replace('á', 'a')}.plans@example.com"
    return add_member(actor=SYSTEM, as_of=at, name=name, email=email, role=Role.MANAGER)


def leaver(at: datetime, successor: Member) -> Member:
    """Somebody who has left."""
    left = add_member(actor=SYSTEM, as_of=at, name="Pau Ferrer", email="pau@example.com", role=Role.REP)
    return deactivate_member(actor=SYSTEM, as_of=at, member=left, successor=successor)


def throw_away(actor: Actor, at: datetime) -> None:
    """Let some leads lie in the recycle bin since different days."""
    for lead in Lead.objects.filter(conversion=None, disqualification=None).order_by("captured_at", "pk")[:3]:
        delete_lead(actor=actor, as_of=at - timedelta(days=lead.captured_at.day), lead_id=lead.pk)


def forget_and_agree(rows: Mapping[str, Any]) -> Consent:
    """Erase a lead that no stop names, and let a person agree; return what to."""
    forget_somebody([each.pk for each in rows.values()])
    return agreed_to(rows["person"].ref)


def forget_somebody(besides: list[UUID]) -> None:
    """Erase a lead that no stop names."""
    leads = Lead.objects.filter(deleted_at=None, conversion=None, disqualification=None)
    lead = leads.exclude(pk__in=besides).order_by("-captured_at", "pk")[0]
    draft = ErasureDraft(record=lead.ref, confirmation=lead.name, reason=EraseReason.ASKED)
    erase_subject(actor=SYSTEM, as_of=now(), erasure=draft)


def agreed_to(person: Ref) -> Consent:
    """What somebody agreed to."""
    draft = ConsentDraft(
        about=person,
        purpose="newsletter",
        wording="I would like to get news about courses by e-mail. I can take this back at any time.",
        wording_version="2026-03",
        source="form",
    )
    return note_consent(actor=SYSTEM, as_of=now(), consent=draft)


def kept_files(deal: Deal, at: datetime) -> Attachment:
    """Keep two files with a deal and take one of them away again; return that one."""
    kept = [
        attach_file(actor=SYSTEM, as_of=at, record=deal.ref, name=name, file=BytesIO(PDF), size_bytes=len(PDF))
        for name in ("Proposal for the board.pdf", "An older proposal.pdf")
    ]
    return detach_file(actor=SYSTEM, as_of=at, attachment_id=kept[1].pk)


def rehearsed(founder: Member) -> Operation:
    """A file that was given and rehearsed; one of its columns is unknown, one of its cells no number, its days and numbers are unclear."""
    client = Client()
    client.force_login(founder, backend=BACKEND)
    content = (
        b"deal id,company,deal stage,opened,amount,Tier,Email Opt Out\n"
        b'1,Initech,Demo,03/04/2026,"1.250",Gold,true\n2,Hooli,Demo,05/04/2026,ten,,false\n'
    )
    client.post("/imports/new", {"files": [SimpleUploadedFile("deals.csv", content)], "source": "Old CRM"})
    operation = Operation.objects.get(name=REHEARSAL)
    carry_out(operation.pk, clock=now)
    return operation


def saved_profile(founder: Member, own: CompanySettings, rehearsal: Operation) -> ImportProfile:
    """What was decided about the file, kept, with words that mean something."""
    stage = Pipeline.objects.order_by("position", "pk")[0].stages.order_by("position")[1]
    content = content_of(headed(uploads_of(rehearsal)), Decisions.from_json(rehearsal.params["decisions"]))
    words = {
        "Demo": Meaning(str(stage.pk), stage.name),
        "Signed": Meaning("won"),
        "Kick-off": Meaning("gone", "Kick-off"),
    }
    owners = {"R. Vidal": Meaning(str(founder.pk), founder.name), "Old Hand": Meaning("nobody")}
    actor = actor_of_member(founder, own)
    return save_profile(
        actor=actor, as_of=now(), name="Weekly deals", content=replace(content, stages=words, owners=owners)
    )


def bulk_edits(founder: Member, own: CompanySettings) -> dict[str, Operation]:
    """An edit of many deals that was looked at, and one of many leads that was done."""
    actor, at = actor_of_member(founder, own), now()
    stage = Deal.objects.filter(close=None).order_by("stage__position", "pk")[0].pipeline.stages.order_by("position")[2]
    moving = Edit(kind="deal", how=How.SET, field="stage", value=str(stage.ref))
    tagging = Edit(kind="lead", how=How.ADD, field="tags", value=["Webinar"])
    deals = Chosen(Deal.objects.filter(pk__in=stage.pipeline.deals.order_by("pk")[:30]), {})
    leads = Chosen(Lead.objects.filter(pk__in=Lead.objects.filter(deleted_at=None).order_by("pk")[:12]), {})
    return {
        "preview": rehearse_edit(actor=actor, as_of=at, edit=moving, chosen=deals),
        "edited": edit_many(actor=actor, as_of=at, edit=tagging, chosen=leads),
    }


def simulations(founder: Member, own: CompanySettings) -> dict[str, Operation]:
    """Futures that a worker played, and some that wait for one."""
    actor = actor_of_member(founder, own)
    played, waiting = (
        start_simulation(actor=actor, as_of=now(), runs=10_000, months=None, seed=1, sets=["leads=100"])
        for _ in range(2)
    )
    carry_out_simulation(played.pk, clock=now)
    return {"simulation": played, "simulation_waiting": waiting}


def imported(founder: Member, rehearsal: Operation) -> Operation:
    """The same file taken for good; the row that it made was changed since."""
    client = Client()
    client.force_login(founder, backend=BACKEND)
    client.post(f"/imports/{rehearsal.ref}/run")
    operation = Operation.objects.get(name=OPERATION, state=OperationState.WAITING)
    carry_out(operation.pk, clock=now)
    deal = Deal.objects.get(company__name="Initech")
    change_deal(actor=SYSTEM, as_of=now(), deal_id=deal.pk, name="Initech, first order")
    operation.refresh_from_db()
    return operation


def undoing(founder: Member, batch: Operation) -> Operation:
    """What undoing it would do."""
    client = Client()
    client.force_login(founder, backend=BACKEND)
    client.post(f"/imports/{batch.ref}/undo")
    operation = Operation.objects.get(name=UNDO_REHEARSAL)
    carry_out(operation.pk, clock=now)
    return operation


def typed_by_people() -> str:
    """Everything that is written in the database: on a page it is said in whatever language it was typed."""
    return "\n".join(all_rows())


def all_rows() -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT cell.value FROM {quoted}, jsonb_each_text(to_jsonb({quoted})) AS cell")  # noqa: S608  our own tables
            yield from (value for (value,) in cursor.fetchall() if value)
