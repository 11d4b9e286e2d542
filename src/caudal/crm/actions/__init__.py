"""Writes of customer relations.

Rows are named by id and reached inside the action, through the actor's door and locked; what does not exist yet is
given as a draft. Each action that takes one draft is the one that takes many, with a list of one.
"""

from caudal.crm.actions.activities import (
    ActivityValues,
    change_activity,
    complete_activity,
    delete_activity,
    reopen_activity,
)
from caudal.crm.actions.closing import ask_to_reopen, close_deal, lose_deal, move_deal, reopen_deal, win_deal
from caudal.crm.actions.competitors import (
    add_competitor,
    change_competitor,
    delete_competitor,
    see_competitor,
    unsee_competitor,
)
from caudal.crm.actions.consents import ConsentDraft, note_consent, withdraw_consent
from caudal.crm.actions.conversion import convert_lead, convert_leads
from caudal.crm.actions.deals import DealValues, change_deal, delete_deal, open_deal, open_deals
from caudal.crm.actions.drafts import (
    CloseDraft,
    CompanyDraft,
    ConversionDraft,
    DealDraft,
    DisqualificationDraft,
    LeadDraft,
    LineDraft,
    PersonDraft,
    StageStep,
)
from caudal.crm.actions.erasing import ErasureDraft, erase_subject, note_subject_export
from caudal.crm.actions.families import keep_apart
from caudal.crm.actions.forgotten import release_address
from caudal.crm.actions.leads import (
    Capture,
    capture_lead,
    capture_leads,
    change_lead,
    delete_lead,
    disqualify_lead,
    disqualify_leads,
)
from caudal.crm.actions.lines import set_deal_lines
from caudal.crm.actions.logging import ActivityDraft, DoneDraft, log_activities, log_activity
from caudal.crm.actions.mapping import change_mapping
from caudal.crm.actions.parties import (
    add_companies,
    add_company,
    add_people,
    add_person,
    change_company,
    change_person,
    delete_company,
    delete_person,
)
from caudal.crm.actions.pipelines import StageDraft, add_pipeline, add_stages, set_up_pipelines
from caudal.crm.actions.profiles import change_profile, delete_profile, save_profile
from caudal.crm.actions.releasing import release_work
from caudal.crm.actions.reminding import remind
from caudal.crm.actions.restating import restate_deal
from caudal.crm.actions.restoring import empty_bin, restore_record
from caudal.crm.actions.stages import (
    add_stage,
    change_pipeline,
    change_stage,
    delete_pipeline,
    delete_stage,
    start_pipeline,
)
from caudal.crm.actions.tags import add_tag, change_tag, delete_tag, merge_tags
from caudal.crm.actions.touches import TouchDraft, add_channel, change_channel, delete_channel, note_touch
from caudal.crm.actions.undoing import CameBack, NotConverted, undo_conversion

__all__ = [
    "ActivityDraft",
    "ActivityValues",
    "CameBack",
    "Capture",
    "CloseDraft",
    "CompanyDraft",
    "ConsentDraft",
    "ConversionDraft",
    "DealDraft",
    "DealValues",
    "DisqualificationDraft",
    "DoneDraft",
    "ErasureDraft",
    "LeadDraft",
    "LineDraft",
    "NotConverted",
    "PersonDraft",
    "StageDraft",
    "StageStep",
    "TouchDraft",
    "add_channel",
    "add_companies",
    "add_company",
    "add_competitor",
    "add_people",
    "add_person",
    "add_pipeline",
    "add_stage",
    "add_stages",
    "add_tag",
    "ask_to_reopen",
    "capture_lead",
    "capture_leads",
    "change_activity",
    "change_channel",
    "change_company",
    "change_competitor",
    "change_deal",
    "change_lead",
    "change_mapping",
    "change_person",
    "change_pipeline",
    "change_profile",
    "change_stage",
    "change_tag",
    "close_deal",
    "complete_activity",
    "convert_lead",
    "convert_leads",
    "delete_activity",
    "delete_channel",
    "delete_company",
    "delete_competitor",
    "delete_deal",
    "delete_lead",
    "delete_person",
    "delete_pipeline",
    "delete_profile",
    "delete_stage",
    "delete_tag",
    "disqualify_lead",
    "disqualify_leads",
    "empty_bin",
    "erase_subject",
    "keep_apart",
    "log_activities",
    "log_activity",
    "lose_deal",
    "merge_tags",
    "move_deal",
    "note_consent",
    "note_subject_export",
    "note_touch",
    "open_deal",
    "open_deals",
    "release_address",
    "release_work",
    "remind",
    "reopen_activity",
    "reopen_deal",
    "restate_deal",
    "restore_record",
    "save_profile",
    "see_competitor",
    "set_deal_lines",
    "set_up_pipelines",
    "start_pipeline",
    "undo_conversion",
    "unsee_competitor",
    "win_deal",
    "withdraw_consent",
]
