"""Addresses of the pages of customer relations. What is the same for every kind of record is written once."""

from collections.abc import Iterator

from django.urls import URLPattern, path

from caudal.crm.models import Outcome
from caudal.crm.views import activities, around, edits, ends, import_profiles, imports, subjects
from caudal.crm.views.bin import bin_page, restore, restore_many
from caudal.crm.views.board import board, board_live
from caudal.crm.views.calls import call_log, thumbs
from caudal.crm.views.cells import editing_in_place
from caudal.crm.views.day import day
from caudal.crm.views.editing import adding, changing, deleting
from caudal.crm.views.ends import closing
from caudal.crm.views.exports import export_all, exporting
from caudal.crm.views.import_mapping import import_by_profile, import_mapping
from caudal.crm.views.import_refused import import_refused
from caudal.crm.views.import_undo import import_undo, import_undo_run, import_undone
from caudal.crm.views.import_words import import_words
from caudal.crm.views.lines import deal_lines
from caudal.crm.views.lists import listing, naming
from caudal.crm.views.mapping import conversion_mapping, lead_unconvert
from caudal.crm.views.nouns import COMPANY, DEAL, LEAD, PERSON, Noun
from caudal.crm.views.parties import company_portrait, person_portrait
from caudal.crm.views.pipelines import (
    pipeline_delete,
    pipeline_edit,
    pipeline_list,
    pipeline_new,
    stage_delete,
    stage_edit,
    stage_new,
)
from caudal.crm.views.records import Paint, living, showing, watching
from caudal.crm.views.registers import REGISTERS, Register, amending, entering, listing_of, removing
from caudal.crm.views.sales import deal_portrait, lead_portrait
from caudal.crm.views.selections import choosing, selecting_of
from caudal.crm.views.shelves import LISTINGS
from caudal.crm.views.tags import tag_merge, tag_names

PORTRAITS: tuple[tuple[Noun, Paint], ...] = (
    (DEAL, deal_portrait),
    (LEAD, lead_portrait),
    (COMPANY, company_portrait),
    (PERSON, person_portrait),
)


def pages_of(noun: Noun, paint: Paint) -> Iterator[URLPattern]:
    """Yield the pages that every kind of record has."""
    record = f"{noun.path}/<str:record_id>"
    yield path(f"{noun.path}/new", adding(noun), name=f"{noun.kind}_new")
    yield path(record, showing(noun, paint, thumbs), name=noun.kind)
    yield path(f"{record}/live", living(noun, paint, thumbs), name=f"{noun.kind}_live")
    yield path(f"{record}/meanwhile", watching(noun), name=f"{noun.kind}_meanwhile")
    yield path(f"{record}/fields/<str:field>", editing_in_place(noun, LISTINGS[noun]), name=f"{noun.kind}_field")
    yield path(f"{record}/edit", changing(noun), name=f"{noun.kind}_edit")
    yield path(f"{record}/deletion", deleting(noun), name=f"{noun.kind}_delete")


def pages_of_register(register: Register) -> Iterator[URLPattern]:
    """Yield the pages of a register."""
    entry = f"settings/{register.url_name}/<str:record_id>"
    yield path(f"settings/{register.url_name}", listing_of(register), name=register.url_name)
    yield path(f"settings/{register.url_name}/new", entering(register), name=f"{register.kind}_new")
    yield path(entry, amending(register), name=f"{register.kind}_edit")
    yield path(f"{entry}/deletion", removing(register), name=f"{register.kind}_delete")


app_name = "crm"
urlpatterns = [
    path("deals/board", board, name="board"),
    path("deals/board/live", board_live, name="board_live"),
    path("imports", imports.import_list, name="imports"),
    path("imports/export", export_all, name="export_all"),
    path("imports/new", imports.import_new, name="import_new"),
    path("imports/<str:operation_id>", imports.import_page, name="import"),
    path("imports/<str:operation_id>/mapping", import_mapping, name="import_mapping"),
    path("imports/<str:operation_id>/profile", import_by_profile, name="import_by_profile"),
    path("import-profiles", import_profiles.profile_list, name="import_profiles"),
    path("import-profiles/<str:profile_id>", import_profiles.profile_page, name="import_profile"),
    path("import-profiles/<str:profile_id>/edit", import_profiles.profile_edit, name="import_profile_edit"),
    path("import-profiles/<str:profile_id>/deletion", import_profiles.profile_delete, name="import_profile_delete"),
    path("imports/<str:operation_id>/refused", import_refused, name="import_refused"),
    path("imports/<str:operation_id>/words", import_words, name="import_words"),
    path("imports/<str:operation_id>/run", imports.import_run, name="import_run"),
    path("imports/<str:operation_id>/undo", import_undo, name="import_undo"),
    path("undone-imports/<str:operation_id>", import_undone, name="import_undone"),
    path("undone-imports/<str:operation_id>/run", import_undo_run, name="import_undo_run"),
    path("imports/<str:operation_id>/cancellation", imports.import_cancel, name="import_cancel"),
    path("bulk-edits", edits.edit_list, name="bulk_edits"),
    path("bulk-edits/<str:operation_id>", edits.edit_page, name="bulk_edit"),
    path("bulk-edits/<str:operation_id>/application", edits.edit_apply, name="bulk_edit_apply"),
    path("bulk-edits/<str:operation_id>/undo", edits.edit_undo, name="bulk_edit_undo"),
    path("bulk-edits/<str:operation_id>/cancellation", edits.edit_stop, name="bulk_edit_stop"),
    path("bin", bin_page, name="bin"),
    path("bin/restoration", restore_many, name="restore_many"),
    path("bin/<str:record_id>/restoration", restore, name="restore"),
    path("companies/names", naming(COMPANY), name="company_names"),
    path("people/names", naming(PERSON), name="person_names"),
    path("channels/names", around.channel_names, name="channel_names"),
    path("settings/pipelines", pipeline_list, name="pipelines"),
    path("settings/pipelines/new", pipeline_new, name="pipeline_new"),
    path("settings/pipelines/<str:pipeline_id>", pipeline_edit, name="pipeline_edit"),
    path("settings/pipelines/<str:pipeline_id>/deletion", pipeline_delete, name="pipeline_delete"),
    path("settings/pipelines/<str:pipeline_id>/stages/new", stage_new, name="stage_new"),
    path("settings/stages/<str:stage_id>", stage_edit, name="stage_edit"),
    path("settings/stages/<str:stage_id>/deletion", stage_delete, name="stage_delete"),
    path("tags/names", tag_names, name="tag_names"),
    path("settings/tags/<str:record_id>/merge", tag_merge, name="tag_merge"),
    *(page for register in REGISTERS for page in pages_of_register(register)),
    *(
        path(f"{noun.path}/<str:record_id>/touches/new", around.touching(noun), name=f"{noun.kind}_touch")
        for noun in (LEAD, COMPANY, PERSON)
    ),
    path("companies/<str:record_id>/family", around.company_family, name="company_family"),
    path("deals/<str:record_id>/lines", deal_lines, name="deal_lines"),
    path("deals/<str:record_id>/competitors/new", around.competitor_seen, name="deal_competitor"),
    path(
        "deals/<str:record_id>/competitors/<str:competitor_id>/removal",
        around.competitor_gone,
        name="deal_competitor_gone",
    ),
    *(path(noun.path, listing(noun, found, selecting_of), name=noun.path) for noun, found in LISTINGS.items()),
    *(path(f"{noun.path}/many", choosing(noun, found), name=f"{noun.kind}_many") for noun, found in LISTINGS.items()),
    *(path(f"{noun.path}/file", exporting(noun, found), name=f"{noun.kind}_file") for noun, found in LISTINGS.items()),
    *(page for noun, paint in PORTRAITS for page in pages_of(noun, paint)),
    path("day", day, name="day"),
    *(
        path(f"{noun.path}/<str:record_id>/consents/new", subjects.consenting(noun), name=f"{noun.kind}_consent")
        for noun in (LEAD, PERSON)
    ),
    path("consents/<str:consent_id>/withdrawal", subjects.consent_withdraw, name="consent_withdrawal"),
    path("subjects/<str:record_id>", subjects.subject_page, name="subject"),
    path("subjects/<str:record_id>/file", subjects.subject_file, name="subject_file"),
    path("subjects/<str:record_id>/erasure", subjects.subject_erase, name="subject_erasure"),
    path("settings/erased", subjects.erasure_list, name="erasures"),
    path("activities/line", activities.activity_line, name="activity_line"),
    path("activities/call", call_log, name="call_log"),
    path("activities/new", activities.activity_new, name="activity_new"),
    path("activities/<str:record_id>", activities.activity_page, name="activity"),
    path("activities/<str:record_id>/live", activities.activity_live, name="activity_live"),
    path("activities/<str:record_id>/edit", activities.activity_edit, name="activity_edit"),
    path("activities/<str:record_id>/completion", activities.activity_done, name="activity_done"),
    path("activities/<str:record_id>/due", activities.activity_due, name="activity_due"),
    path("activities/<str:record_id>/reopening", activities.activity_reopen, name="activity_reopening"),
    path("activities/<str:record_id>/deletion", activities.activity_delete, name="activity_delete"),
    path("deals/<str:record_id>/stage", ends.deal_stage, name="deal_stage"),
    path("deals/<str:record_id>/won", closing(Outcome.WON), name="deal_won"),
    path("deals/<str:record_id>/lost", closing(Outcome.LOST), name="deal_lost"),
    path("deals/<str:record_id>/reopening", ends.deal_reopen, name="deal_reopening"),
    path("leads/<str:record_id>/conversion", ends.lead_convert, name="lead_conversion"),
    path("leads/<str:record_id>/conversion/undoing", lead_unconvert, name="lead_unconvert"),
    path("settings/conversion", conversion_mapping, name="mapping"),
    path("leads/<str:record_id>/disqualification", ends.lead_disqualify, name="lead_disqualification"),
    path("leads/<str:record_id>/owner", ends.lead_take, name="lead_owner"),
]
