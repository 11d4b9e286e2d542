"""Who asks, what there is, and an oracle of its own that says who may see and change what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any, Final

from caudal.billing import actions as billing
from caudal.billing.models import Customer, Invoice, MoneyRequest, Payment, Settlement
from caudal.billing.queries import Wanted
from caudal.catalog import actions as catalog
from caudal.core.ids import Ref
from caudal.core.journal import move
from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.actions.bulk import Chosen, Edit, How, rehearse_edit
from caudal.crm.models import Lead
from caudal.crm.queries import ProfileColumn, ProfileContent, ProfileTable
from caudal.kit.access import SYSTEM, Actor
from caudal.kit.records import Record
from caudal.ledger import actions as ledger
from caudal.ledger.queries import chart
from caudal.plan.models import MilestoneWork, PlanDraft, PlanScenario, PlanVersion, TypedActual
from caudal.usage import actions as usage
from caudal.usage.models import Conflict, Event
from caudal.workspace.actions import (
    add_field,
    add_member,
    add_webhook,
    ask_approval,
    attach_file,
    issue_key,
    ping_webhook,
    save_view,
    share_record,
    start_operation,
)
from caudal.workspace.models import Member, NoticeSort, Notification, Role, Span
from caudal.workspace.queries import actor_of_key, actor_of_member, default_entity
from tests.workspace.test_roles import GRANTED
from tests.world import AT, Shop

KINDS: Final = ("lead", "deal", "company", "person", "activity")
VIEW, CHANGE, DELETE = 0, 2, 3
"""Places in the table of roles."""
TOKEN: Final = re.compile(r"kanari(\d{3})x|7[., \xa0\u202f]?654[., \xa0\u202f]?(\d{3})\b")
"""What no text of ours says: a word of each object, and an amount of each deal, however it is written."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A row with a canary in every text."""

    row: Record
    kind: str
    owner: str
    """Whose it is: a name of the cast, or empty for nobody's."""
    number: int
    shared: bool = False
    """With everybody of the cast that holds shares, to view."""
    deleted: bool = False

    @property
    def id(self) -> str:
        return str(self.row.ref)


@dataclass(slots=True)
class Scene:
    """The shop with more people, an actor for each way in, and planted rows."""

    actors: dict[str, Actor | None]
    users: dict[str, Member | None]
    planted: list[Planted] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    """An object of each kind that has no owner."""


TEAMS: Final = ("marta", "rosa", "nuria", "lia")
"""Whose rows are those of the manager's team."""
OWNERS: Final = ("rosa", "nuria", "marta", "raul", "sergio", "")
SPOKEN_OF: Final[Mapping[str, tuple[str, int | None]]] = {
    "approval": ("deal", CHANGE),
    "consent": ("person", CHANGE),
    "attachment": ("deal", None),
}
"""What is reached through another row: of which kind, and what somebody has to be able to do with that one."""
HOLDERS: Final = ("rosa", "marta", "sergio", "lia")


def who_may(name: str, scene: Scene, planted: Planted, verb: int) -> bool:
    """Say by the table of roles, and nothing of the code, whether somebody may carry a verb to a row."""
    actor = scene.actors[name]
    if actor is None or planted.deleted:
        return False
    if planted.kind in {"view", "notification", "import_profile"}:
        return name == planted.owner
    if planted.kind == "bulk_edit":  # long work is seen by who began it, and by those who look after all of it
        scope = f"workspace:{'read' if verb == VIEW else 'write'}"
        (role,) = actor.roles
        everybodys = LETTERS["operation", role][verb] == "a" and scope in (actor.scopes or {scope})
        return name == planted.owner or everybodys
    if planted.kind in SPOKEN_OF:  # a question about a deal, say, is for those who may change the deal
        kind, needed = SPOKEN_OF[planted.kind]
        return who_may(name, scene, replace(planted, kind=kind), verb if needed is None else needed)
    letter = letter_of(name, actor, planted.kind, verb)
    mine = name if scene.users[name] else None
    whose: dict[str, set[str | None]] = {"t": {*TEAMS, ""}, "f": {mine, ""}, "o": {mine}, "-": set()}
    is_shared = planted.shared and name in HOLDERS and verb == VIEW and letter != "-"
    if is_shared or letter == "a" or planted.owner in whose[letter]:
        return True
    about_a_deal = planted.kind == "activity" and verb == VIEW
    return about_a_deal and who_may(name, scene, replace(planted, kind="deal"), VIEW)


def letter_of(name: str, actor: Actor, kind: str, verb: int) -> str:
    """Return how far somebody may carry a verb, as the table of roles writes it."""
    (role,) = actor.roles
    letter = LETTERS[kind, role][verb]
    if actor.scopes is not None and f"crm:{'read' if verb == VIEW else 'write'}" not in actor.scopes:
        return "-"
    return "o" if name == "lia" and letter != "-" else letter  # a rep who was told to see her own rows only


def table_of_roles() -> dict[tuple[str, str], str]:
    """Return the letters of each noun and role."""
    head, *lines = GRANTED.strip("\n").splitlines()
    return {
        (line.split()[0], role): cell
        for line in lines
        for role, cell in zip(head.split(), line.split()[1:], strict=True)
    }


LETTERS: Final = table_of_roles()


def set_scene(shop: Shop) -> Scene:
    """Fill the shop."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    north = shop.rosa.team
    people = {"ana": shop.ana, "marta": shop.marta, "rosa": shop.rosa, "raul": shop.raul}
    for name, role, team, more in (
        ("nuria", Role.REP, north, {}),
        ("lia", Role.REP, north, {"span": Span.OWN}),
        ("maria", Role.MARKETING, None, {}),
        ("fina", Role.FINANCE, None, {}),
        ("sergio", Role.SUCCESS, None, {}),
        ("olga", Role.AUDITOR, None, {"access_ends_at": AT + timedelta(days=30)}),
    ):
        people[name] = add_member(**made, name=name.title(), email=f"{name}@example.com", role=role, team=team, **more)
    scene = Scene(actors={}, users=dict(people))
    plant(scene, shop, people)
    scene.planted.append(Planted(invoiced(scene), "invoice", "", 987))
    run = billing.begin_run(actor=SYSTEM, as_of=AT, up_to=AT, issue_day=AT.date())
    scene.planted.append(Planted(run, "invoice_run", "", 986))
    registers(scene, shop, people["fina"])
    sold_to_globex(scene, shop)
    for name, member in people.items():
        scene.actors[name] = actor_of_member(Member.objects.get(pk=member.pk), shop.settings)
    for name, role, scopes in (
        ("key", Role.ADMIN, ("crm:read", "workspace:read")),
        ("small key", Role.REP, ("crm:read", "crm:write", "workspace:read", "insights:read")),
    ):
        key, _ = issue_key(actor=shop.actor("ana"), as_of=AT, name=name, role=role, scopes=scopes)
        scene.actors[name], scene.users[name] = actor_of_key(key, shop.settings), None
    scene.actors["stranger"], scene.users["stranger"] = None, None
    return scene


def plant(scene: Scene, shop: Shop, people: Mapping[str, Member]) -> None:
    """Make rows of every kind for every owner, some of them shared or deleted."""
    for owner in OWNERS:
        for row in rows_of(scene, shop, people, owner):
            scene.planted.append(row)
    for owner, shared in (("raul", True), ("rosa", False), ("raul", False)):
        for row in rows_of(scene, shop, people, owner):
            scene.planted.append(replace(row, shared=shared, deleted=not shared))
            if shared and row.kind != "activity":
                for holder in HOLDERS:
                    share_record(actor=SYSTEM, as_of=AT, record=row.row.ref, holder=people[holder].ref)
            if not shared:
                delete = getattr(actions, f"delete_{row.kind}")
                delete(actor=SYSTEM, as_of=AT, **{f"{row.kind}_id": row.row.pk})


def rows_of(scene: Scene, shop: Shop, people: Mapping[str, Member], owner: str) -> list[Planted]:
    """Make a row of each kind for an owner; what is noted is noted about the deal."""
    first = len(scene.planted) + 1
    word = {kind: f"kanari{first + place:03d}x" for place, kind in enumerate(KINDS)}
    owner_id = people[owner].pk if owner else None
    author = actor_of_member(people[owner], shop.settings) if owner else SYSTEM
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}

    def mail(kind: str) -> str:
        return f"{word[kind]}@hidden.example"

    company = actions.CompanyDraft(name=word["company"], city=f"City {word['company']}", owner_id=owner_id)
    person = actions.PersonDraft(
        name=word["person"], email=mail("person"), job_title=f"Head {word['person']}", owner_id=owner_id
    )
    lead = actions.LeadDraft(
        name=word["lead"], captured_at=AT, company_name=f"Co {word['lead']}", email=mail("lead"), owner_id=owner_id
    )
    deal = actions.DealDraft(
        name=word["deal"],
        opened_at=AT,
        pipeline_id=shop.pipelines["saas"].pk,
        owner_id=owner_id,
        amount=Money.of(7654000 + first + KINDS.index("deal"), "EUR"),
    )
    rows: dict[str, Record] = {
        "lead": actions.capture_lead(**made, lead=lead).lead,
        "deal": actions.open_deal(**made, deal=deal),
        "company": actions.add_company(**made, company=company),
        "person": actions.add_person(**made, person=person),
    }
    note = actions.ActivityDraft(
        does="task",
        subject=word["activity"],
        body=f"Said: {word['activity']}",
        about=(rows["deal"].ref,),
        owner_id=owner_id,
    )
    rows["activity"] = actions.log_activity(actor=author, as_of=AT, activity=note)
    return [Planted(rows[kind], kind, owner, first + place) for place, kind in enumerate(KINDS)]


def registers(scene: Scene, shop: Shop, holder: Member) -> None:
    """Make an object of every other kind that a route names. Whom the share is with sees the deal anyway."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    raul = shop.actor("raul")
    columns = (ProfileColumn("name", "kanari997x", "name"),)
    profile = actions.save_profile(
        actor=shop.actor("marta"),
        as_of=AT,
        name="kanari996x",
        content=ProfileContent((ProfileTable("kanari998x.csv", "deals", columns),)),
        sharing="private",
    )
    scene.planted.append(Planted(profile, "import_profile", "marta", 996))
    far = next(each for each in scene.planted if (each.kind, each.owner) == ("deal", "raul"))
    view = save_view(actor=raul, as_of=AT, record_kind="deal", name="kanari990x", where="", columns=())
    approval = ask_approval(actor=raul, as_of=AT, subject=far.row.ref, request="reopen", reason="kanari991x")
    share = share_record(**made, record=far.row.ref, holder=holder.ref)
    buyer = next(each for each in scene.planted if (each.kind, each.owner) == ("person", "raul"))
    agreed = actions.ConsentDraft(
        about=buyer.row.ref, purpose="calls", wording="Call me.", wording_version="1", source="form", proof="kanari993x"
    )
    consent = actions.note_consent(**made, consent=agreed)
    scene.planted.append(Planted(consent, "consent", "raul", 993))
    edit = Edit(kind="lead", how=How.SET, field="reason", value="spam")
    chosen = Chosen(Lead.for_actor(raul), {})
    scene.planted.append(
        Planted(rehearse_edit(actor=raul, as_of=AT, edit=edit, chosen=chosen), "bulk_edit", "raul", 995)
    )
    paper = BytesIO(b"kanari994x")
    file = attach_file(**made, record=far.row.ref, name="kanari994x.txt", file=paper, size_bytes=10)
    scene.planted.append(Planted(file, "attachment", "raul", 994))
    told = Notification.stamped(
        actor=SYSTEM,
        as_of=AT,
        member=scene.users["raul"],
        sort=NoticeSort.values[0],
        key="kanari992x",
        subject_kind="deal",
        subject_id=far.row.pk,
        happened_at=AT,
    )
    told.save(force_insert=True)
    scene.planted.append(Planted(told, "notification", "raul", 992))
    key, _ = issue_key(**made, name="Website", role=Role.REP, scopes=("crm:read",))
    scene.planted += [Planted(view, "view", "raul", 990), Planted(approval, "approval", "raul", 991)]
    rows: dict[str, Record] = {
        "view": view,
        "plan": planned(scene),
        "plan_scenario": scenario(),
        "milestone": milestone(),
        "actual": typed(),
        "share": share,
        "key": key,
        "approval": approval,
        "competitor": actions.add_competitor(**made, name="Rival"),
        "channel": actions.add_channel(**made, name="Fair"),
        "tag": actions.add_tag(**made, name="VIP"),
        "field": add_field(**made, record_kind="company", key="seats", type="number", label="Seats"),
        "member": shop.raul,
        "team": shop.sales,
        **listening(),
        "pipeline": shop.pipelines["saas"],
        "stage": shop.stages("saas")[0],
        "product": shop.products["course"],
        **(sold(shop) | {"meter": metered(scene, shop), "account": posted(scene)} | kept_books()),
        "operation": start_operation(**made, name="crm.import", title="Import", params={}),
    }
    scene.ids = {each.kind: each.id for each in scene.planted if each.kind not in KINDS}
    scene.ids |= {kind: str(row.ref) for kind, row in rows.items()}
    scene.ids |= {"line": str(Ref("line", far.row.pk)), "usage_event": str(Ref("usage_event", Event.objects.get().id))}


def sold(shop: Shop) -> dict[str, Record]:
    """Sell something, which everybody sees."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    offering, other = (
        catalog.add_offering(**made, product_id=shop.products["course"].pk, name=code, code=code)
        for code in ("basic", "more")
    )
    charge = catalog.add_charge(
        **made, offering_id=offering.pk, name="Base", code="base", sort="recurring", stream="training"
    )
    price = catalog.add_price(
        **made, charge_id=charge.pk, currency="EUR", from_date=AT.date(), price={"tiers": [{"flat": "9"}]}
    )
    bundle = catalog.add_bundle(**made, name="Both", code="both", parts={offering.pk: 1, other.pk: 1})
    return {each.kind: each for each in (offering, charge, price, bundle)}


def sold_to_globex(scene: Scene, shop: Shop) -> None:
    """Agree on something with a company of Raul's, whose texts only few see."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    customer = billing.add_customer(**made, company_id=shop.globex.pk, name="kanari983x", country="ES")
    contract = billing.sign_contract(**made, customer_id=customer.pk, name="kanari982x", start_day=AT.date())
    wanted = [Wanted(Ref.parse(scene.ids["offering"]).id)]
    terms = billing.Terms(start_day=AT.date(), name="kanari981x")
    subscription = billing.subscribe(**made, customer_id=customer.pk, wanted=wanted, terms=terms)
    once = catalog.add_offering(
        **made, product_id=shop.products["course"].pk, name="Once", code="once", interval="once"
    )
    order = billing.place_order(
        **made, customer_id=customer.pk, wanted=[Wanted(once.pk)], day=AT.date(), name="kanari980x"
    )
    found = (customer, contract, subscription, order)
    for number, row in enumerate(found):
        scene.planted.append(Planted(row, row.kind, "raul", 983 - number))
        scene.ids[row.kind] = str(row.ref)


def listening() -> dict[str, Any]:
    """Let another system listen, and send it a message; administrators see both."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    webhook, _secret = add_webhook(**made, url="https://kanari.example/in")
    return {"entity": default_entity(), "webhook": webhook, "webhook_message": ping_webhook(**made, webhook=webhook)}


def posted(scene: Scene) -> Record:
    """Post an entry, which those who keep the books see; return an account of it."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    account = ledger.set_up_chart(**made)[0]
    entry = move(Money.of(1, "EUR"), debit=account.code, credit="3000", day=AT.date(), text="kanari988x")
    draft = ledger.EntryDraft("kanari988x", entry)
    scene.planted.append(Planted(ledger.post_entry(**made, draft=draft), "entry", "", 988))
    return account


def kept_books() -> dict[str, Record]:
    """Close a month and let a cost recur, as those who keep the books do."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    month = ledger.close_month(**made, month=date(2025, 12, 1), today=AT.date())
    by_code = {each.code: each for each in chart(SYSTEM)}
    cost = ledger.CostDraft(
        key="rent",
        day=AT.date(),
        amount=Money.of(900, "EUR"),
        account=by_code["6400"],
        paid_from=by_code["1000"],
    )
    return {
        "closed_month": month,
        "month_confirmation": ledger.confirm_step(**made, month=date(2025, 3, 1), step="statement"),
        "recurring_cost": ledger.add_recurring_cost(**made, draft=ledger.RecurringDraft(cost=cost)),
    }


def metered(scene: Scene, shop: Shop) -> Record:
    """Take an event with two contents of a subject that keepers of usage see; return the meter."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    meter = usage.add_meter(**made, code="calls", label_en="Calls", event_type="call", aggregation="count")
    subject = usage.add_subject(**made, key="kanari985x", company_id=shop.globex.pk)
    scene.planted.append(Planted(subject, "usage_subject", "", 985))
    event = {"source": "app", "id": "1", "type": "call", "subject": "nobody", "data": {}}
    usage.record_events(**made, events=[event, event | {"data": {"said": "kanari984x"}}])
    (conflict,) = Conflict.for_actor(SYSTEM)
    scene.planted.append(Planted(conflict, "usage_conflict", "", 984))
    return meter


def invoiced(scene: Scene) -> Record:
    """Draft an invoice for a company of nobody's, which those who sell do not see."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    company = next(each for each in scene.planted if (each.kind, each.owner) == ("company", ""))
    customer = billing.add_customer(**made, company_id=company.row.pk, name="kanari987x")
    said: dict[str, Any] = dict.fromkeys(("line_count", "net_minor", "tax_minor", "gross_minor", "open_minor"), 0)
    row = Invoice.stamped(**made, customer=customer, entity=customer.entity, sort="invoice", currency="EUR", **said)
    row.due_from, row.language, row.money_policy = AT.date(), "en", "en16931"
    row.save(force_insert=True)
    scene.planted += [Planted(customer, "customer", "", 987), *paid(customer)]
    return row


def paid(customer: Customer) -> list[Planted]:
    """Record a payment of a customer of nobody's, some of it given back, and the rest waiting for a second person."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT, "customer": customer, "currency": "EUR", "day": AT.date()}
    open_minors: dict[str, Any] = {"amount_minor": 500, "open_minor": 500}
    payment = Payment.stamped(
        **made, **open_minors, entity=customer.entity, method="transfer", reference="kanari986x", note="kanari986x"
    )
    back = Settlement.stamped(**made, sort="refund", payment=payment, minor=100, reason="kanari985x")
    asked = MoneyRequest.stamped(
        **made, sort="refund", payment=payment, minor=400, name="kanari984x", reason="kanari984x", said={}
    )
    planted = []
    for row, number in ((payment, 986), (back, 985), (asked, 984)):
        row.save(force_insert=True)
        planted.append(Planted(row, row.kind, "", number))
    return planted


def milestone() -> MilestoneWork:
    """Make a milestone that somebody spoke of, which everybody sees."""
    work = MilestoneWork.stamped(actor=SYSTEM, as_of=AT, plan="plan", phase="start", milestone="setup")
    work.save(force_insert=True)
    return work


def scenario() -> PlanScenario:
    """Make a scenario, which everybody sees."""
    kept = PlanScenario.stamped(actor=SYSTEM, as_of=AT, name="A slow spring", text="")
    kept.save(force_insert=True)
    return kept


def planned(scene: Scene) -> PlanVersion:
    """Make a plan that was adopted, which everybody sees, and a draft, which few do; return the first."""
    text = "kanari989x"
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT, "sha256": "0" * 64, "starts_on": AT.date().replace(day=1)}
    draft = PlanDraft.stamped(**made, name=text, text=text, origin="file", begun_from="plan.toml")
    adopted = PlanVersion.stamped(**made, name="Plan", text="A plan")
    for each in (draft, adopted):
        each.save(force_insert=True)
    scene.planted.append(Planted(draft, "plan_draft", "", 989))
    return adopted


def typed() -> TypedActual:
    """Type what a number came to, which everybody sees."""
    said: dict[str, Any] = {"metric": "net_margin", "unit": "ratio", "grain": "month", "revision": 1, "value": 1}
    day = AT.date().replace(day=1)
    row = TypedActual.stamped(actor=SYSTEM, as_of=AT, **said, starts_on=day, through_on=day)
    row.save(force_insert=True)
    return row
