"""Where the tour stops: every page that a person can reach, and its states. A page without a stop fails a test."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Reader(StrEnum):
    """Who looks at a page."""

    FOUNDER = "founder"
    REP = "rep"
    STRANGER = "stranger"
    """Somebody who has not signed in."""


class World(StrEnum):
    """The company that is looked at."""

    FULL = "full"
    """The demo company, two months old, with questions that wait and a key that was issued."""
    EMPTY = "empty"
    """A company founded this minute: no plan, nobody but its founder."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One page in one state."""

    name: str
    path: str
    """An address; `{deal}` is the id of that record of the world."""
    reader: Reader = Reader.FOUNDER
    world: World = World.FULL
    status: int = 200
    sends: Mapping[str, str] | None = None
    """What is typed into the page's form, by field, before it is sent; `{turn}` is another number every time."""


def sent(name: str, path: str, status: int = 422, /, **values: str) -> Stop:
    """Return the stop where a form of the founder's was sent."""
    return Stop(name, path, status=status, sends=values)


FULL: Final = (
    Stop("first", "/"),
    Stop("first-of-a-rep", "/", reader=Reader.REP),
    Stop("targets", "/plan/targets"),
    Stop("whole-plan", "/plan/whole"),
    Stop("milestone", "/plan/milestones/foundation/setup"),
    sent("milestone-refused", "/plan/milestones/foundation/launch", done_on="2999-01-01"),
    Stop("adoption", "/plan/adoption"),
    sent("adoption-refused", "/plan/adoption", shipped=""),
    Stop("board", "/deals/board"),
    Stop("deals", "/deals"),
    Stop("deals-none-found", "/deals?q=zzzz"),
    Stop("leads", "/leads"),
    Stop("companies", "/companies"),
    Stop("people", "/people"),
    Stop("file-back", "/files/{gone_file}/restoration"),
    Stop("files-of-a-deal", "/files/on/{deal}"),
    sent("files-refused", "/files/on/{deal}"),
    Stop("deal-open", "/deals/{deal}"),
    Stop("deal-won", "/deals/{won}"),
    Stop("deal-lost", "/deals/{lost}"),
    Stop("deal-new", "/deals/new"),
    sent("deal-new-refused", "/deals/new"),
    Stop("deal-edit", "/deals/{deal}/edit"),
    Stop("deal-deletion", "/deals/{deal}/deletion"),
    Stop("deal-stage", "/deals/{deal}/stage"),
    Stop("deal-winning", "/deals/{deal}/won"),
    Stop("deal-losing", "/deals/{deal}/lost"),
    Stop("deal-reopening", "/deals/{won}/reopening"),
    Stop("lead-open", "/leads/{lead}"),
    Stop("lead-converted", "/leads/{converted}"),
    Stop("lead-disqualified", "/leads/{disqualified}"),
    Stop("lead-new", "/leads/new"),
    sent("lead-new-refused", "/leads/new"),
    Stop("lead-edit", "/leads/{lead}/edit"),
    Stop("lead-deletion", "/leads/{lead}/deletion"),
    Stop("lead-conversion", "/leads/{lead}/conversion"),
    Stop("lead-disqualification", "/leads/{lead}/disqualification"),
    Stop("company", "/companies/{company}"),
    Stop("company-new", "/companies/new"),
    Stop("company-edit", "/companies/{company}/edit"),
    Stop("company-deletion", "/companies/{company}/deletion"),
    Stop("lead-touch", "/leads/{lead}/touches/new"),
    Stop("company-touch", "/companies/{company}/touches/new"),
    Stop("person-touch", "/people/{person}/touches/new"),
    Stop("deal-lines", "/deals/{deal}/lines"),
    Stop("deal-competitor", "/deals/{deal}/competitors/new"),
    Stop("person", "/people/{person}"),
    Stop("person-new", "/people/new"),
    Stop("person-edit", "/people/{person}/edit"),
    Stop("person-deletion", "/people/{person}/deletion"),
    Stop("day", "/day"),
    Stop("day-of-a-rep", "/day", reader=Reader.REP),
    Stop("day-of-nobody", "/day?of=mine"),
    Stop("activity-planned", "/activities/{planned}"),
    Stop("activity-done", "/activities/{done}"),
    Stop("activity-line", "/activities/line"),
    sent("activity-line-refused", "/activities/line", line="meeting, voicemail"),
    Stop("activity-new", "/activities/new"),
    sent("activity-new-refused", "/activities/new", due_time="10:00"),
    Stop("activity-edit", "/activities/{planned}/edit"),
    Stop("activity-completion", "/activities/{planned}/completion"),
    Stop("activity-due", "/activities/{planned}/due"),
    Stop("activity-deletion", "/activities/{planned}/deletion"),
    Stop("measure", "/measure"),
    Stop("metric", "/measure/revenue_won"),
    Stop("metric-by-owner", "/measure/win_rate?grain=month&by=owner"),
    Stop("metric-by-pillar", "/measure/deals_closed?by=pillar"),
    Stop("metric-mistake", '/measure/win_rate?grain=month&where=ownr+%3D+"Rosa"'),
    Stop("rows", "/measure/deals_closed/rows"),
    Stop("rows-in-reach", "/measure/deals_closed/rows", reader=Reader.REP),
    Stop("approvals", "/approvals"),
    Stop("notifications", "/notifications?show=all", reader=Reader.REP),
    Stop("notification-settings", "/notifications/settings", reader=Reader.REP),
    sent("notification-settings-refused", "/notifications/settings", hour="25"),
    Stop("unsubscribe", "/notifications/no-more/{letters}", reader=Reader.STRANGER),
    Stop("approvals-of-a-rep", "/approvals", reader=Reader.REP),
    Stop("bin", "/bin?kind=lead"),
    Stop("company-settings", "/settings/company"),
    sent("company-settings-refused", "/settings/company", name=""),
    Stop("team", "/settings/team"),
    Stop("invite", "/settings/team/invite"),
    Stop("member", "/settings/team/{rep}"),
    sent("member-refused", "/settings/team/{rep}", role="auditor"),
    Stop("sharing", "/sharing/{deal}"),
    Stop("consent-new", "/people/{person}/consents/new"),
    sent("consent-refused", "/people/{person}/consents/new"),
    Stop("lead-consent-new", "/leads/{lead}/consents/new"),
    Stop("consent-withdrawal", "/consents/{consent}/withdrawal"),
    Stop("subject", "/subjects/{person}"),
    Stop("erasure", "/subjects/{person}/erasure"),
    sent("erasure-refused", "/subjects/{person}/erasure", confirmation="somebody else", reason="asked"),
    Stop("erased", "/settings/erased"),
    sent("release-refused", "/settings/erased", address="nobody@example.com"),
    sent("sharing-refused", "/sharing/{deal}", last_date="2020-01-01"),
    sent("invite-refused", "/settings/team/invite", 200),
    sent("invited", "/settings/team/invite", 200, name="Nuria Vidal", email="nuria{turn}@example.com"),
    Stop("keys", "/settings/keys"),
    Stop("key-new", "/settings/keys/new"),
    sent("key-new-refused", "/settings/keys/new", 200),
    sent("key-shown", "/settings/keys/new", 200, name="Website form", scopes="crm:write"),
    Stop("components", "/ui/components"),
    Stop("sign-in", "/accounts/login/", reader=Reader.STRANGER),
    Stop(
        "sign-in-refused",
        "/accounts/login/",
        reader=Reader.STRANGER,
        sends={"login": "nobody{turn}@example.com", "password": "not the right words"},
    ),
    Stop("fields", "/settings/fields"),
    Stop("field-new", "/settings/fields/new/company"),
    Stop(
        "field-new-refused",
        "/settings/fields/new/company",
        status=422,
        sends={"label": "Seats", "key": "Many seats", "type": "number"},
    ),
    Stop("field-edit", "/settings/fields/{field}"),
    Stop("pipelines", "/settings/pipelines"),
    Stop("pipelines-of-a-rep", "/settings/pipelines", reader=Reader.REP),
    Stop("pipeline-new", "/settings/pipelines/new"),
    Stop("pipeline-edit", "/settings/pipelines/{pipeline}"),
    Stop("pipeline-deletion", "/settings/pipelines/{pipeline}/deletion"),
    Stop("stage-new", "/settings/pipelines/{pipeline}/stages/new"),
    sent("stage-new-refused", "/settings/pipelines/{pipeline}/stages/new", name="Legal", percent="120"),
    Stop("stage-edit", "/settings/stages/{stage}"),
    Stop("stage-deletion", "/settings/stages/{stage}/deletion"),
    Stop("channels", "/settings/channels"),
    Stop("channel-new", "/settings/channels/new"),
    Stop("channel-edit", "/settings/channels/{channel}"),
    Stop("channel-deletion", "/settings/channels/{channel}/deletion"),
    Stop("tags", "/settings/tags"),
    Stop("tag-new", "/settings/tags/new"),
    Stop("tag-edit", "/settings/tags/{tag}"),
    Stop("tag-merge", "/settings/tags/{tag}/merge"),
    Stop("tag-deletion", "/settings/tags/{tag}/deletion"),
    Stop("competitors", "/settings/competitors"),
    Stop("competitor-new", "/settings/competitors/new"),
    Stop("competitor-edit", "/settings/competitors/{competitor}"),
    Stop("competitor-deletion", "/settings/competitors/{competitor}/deletion"),
    Stop("imports", "/imports"),
    Stop("import-new", "/imports/new"),
    Stop("import-rehearsed", "/imports/{rehearsal}"),
    Stop("import-mapping", "/imports/{rehearsal}/mapping"),
    Stop("import-done", "/imports/{imported}"),
    Stop("import-undoing", "/undone-imports/{undoing}"),
    Stop("import-words", "/imports/{rehearsal}/words"),
    Stop("search", "/search?q=a"),
    Stop("sign-out", "/accounts/logout/"),
    Stop("inactive", "/accounts/inactive/", reader=Reader.STRANGER),
    Stop("password-change", "/accounts/password/change/", reader=Reader.REP),
    Stop("sign-up-closed", "/accounts/signup/", reader=Reader.STRANGER),
    Stop("password-reset", "/accounts/password/reset/", reader=Reader.STRANGER),
    Stop("password-reset-done", "/accounts/password/reset/done/", reader=Reader.STRANGER),
    Stop("password-reset-spent", "/accounts/password/reset/key/1-spent/", reader=Reader.STRANGER),
    Stop("password-reset-from-key-done", "/accounts/password/reset/key/done/", reader=Reader.STRANGER),
    Stop("password-set", "/accounts/password/set/"),
    Stop("come-in-invited", "/come-in/{invitation}", reader=Reader.STRANGER),
    Stop("come-in", "/come-in/{sign_in}", reader=Reader.STRANGER),
    Stop("come-in-spent", "/come-in/spent", reader=Reader.STRANGER, status=410),
    Stop("not-found", "/nowhere", status=404),
    Stop("not-found-for-a-stranger", "/nowhere", reader=Reader.STRANGER, status=404),
    Stop("not-found-record", "/deals/{company}", status=404),
    Stop("not-allowed", "/settings/company", reader=Reader.REP, status=403),
    Stop("failed", "/failing", status=500),
)
EMPTY: Final = tuple(
    Stop(f"empty-{name}", path, world=World.EMPTY)
    for name, path in {
        "first": "/",
        "targets": "/plan/targets",
        "whole-plan": "/plan/whole",
        "adoption": "/plan/adoption",
        "board": "/deals/board",
        "deals": "/deals",
        "leads": "/leads",
        "companies": "/companies",
        "people": "/people",
        "deal-new": "/deals/new",
        "measure": "/measure",
        "metric": "/measure/revenue_won",
        "rows": "/measure/revenue_won/rows",
        "approvals": "/approvals",
        "notifications": "/notifications",
        "bin": "/bin",
        "team": "/settings/team",
        "fields": "/settings/fields",
        "pipelines": "/settings/pipelines",
        "channels": "/settings/channels",
        "tags": "/settings/tags",
        "competitors": "/settings/competitors",
        "imports": "/imports",
        "search": "/search",
        "keys": "/settings/keys",
    }.items()
)
STOPS: Final = FULL + EMPTY

NOT_PAGES: Final = {
    "health": "an answer for programs",
    "ui:stylesheet": "a file of every page",
    "ui:script": "a file of every page",
    "ui:scheme": "a choice that leads back",
    "ui:language": "a choice that leads back",
    "crm:company_names": "suggestions while somebody types",
    "crm:person_names": "suggestions while somebody types",
    "crm:company_family": "a form of the record that leads back",
    "crm:tag_names": "suggestions while somebody types",
    "crm:channel_names": "suggestions while somebody types",
    "crm:lead_owner": "a button that leads back",
    "workspace:file": "a file to be saved",
    "workspace:file_removal": "a button that leads back",
    "crm:deal_competitor_gone": "a button that leads back",
    "crm:import_refused": "a file",
    "crm:import_run": "a button that leads to the import",
    "crm:import_undo": "a button that leads to what it would do",
    "crm:import_undo_run": "a button that leads to what it does",
    "crm:import_cancel": "a button that leads back",
    "crm:deal_file": "a file of what a list shows",
    "crm:lead_file": "a file of what a list shows",
    "crm:company_file": "a file of what a list shows",
    "crm:person_file": "a file of what a list shows",
    "workspace:view_new": "a form of a list that leads back",
    "workspace:view_change": "a form of a list that leads back",
    "workspace:view_delete": "a form of a list that leads back",
    "workspace:view_default": "a button that leads back",
    "workspace:company_rates": "a form of the company's page that leads back",
    "workspace:search_bar": "suggestions while somebody types",
    "workspace:record_opened": "a note that a page makes",
    "crm:activity_reopening": "a button that leads back",
    "crm:restore": "a button that leads to the record",
    "crm:board_live": "parts of a page that is open",
    **{
        f"crm:{kind}_live": "parts of a page that is open" for kind in ("activity", "deal", "lead", "company", "person")
    },
    **{f"crm:{kind}_meanwhile": "a part of a form that is open" for kind in ("deal", "lead", "company", "person")},
    "workspace:bell": "a part of every page",
    "workspace:notice_panel": "a part of every page",
    "workspace:notification": "a button that leads to the record",
    "workspace:read_all": "a button that leads back",
    "workspace:follow": "a button that leads back",
    "workspace:approval_decide": "a button that leads back",
    "workspace:field_retire": "a button that leads back",
    "workspace:field_restore": "a button that leads back",
    "workspace:key_revoke": "a button that leads back",
}
"""Addresses of the interface that show no page of their own, and what they are."""
