"""Writes of the workspace."""

from caudal.workspace.actions.access import (
    accept_link,
    issue_key,
    issue_link,
    revoke_key,
    set_password,
)
from caudal.workspace.actions.approvals import ask_approval, decide_approval, withdraw_approval
from caudal.workspace.actions.attachments import (
    TooManyFiles,
    attach_file,
    detach_file,
    drop_files,
    forget_files,
    restore_file,
)
from caudal.workspace.actions.company import add_rates, change_settings, found_company, set_pillars
from caudal.workspace.actions.entities import (
    add_entity,
    change_entity,
    choose_default_entity,
    drop_logo,
    retire_entity,
    set_logo,
)
from caudal.workspace.actions.erasing import TEXTS, Traces, erase_traces
from caudal.workspace.actions.exporting import note_export
from caudal.workspace.actions.externals import keep_externals
from caudal.workspace.actions.fields import add_field, change_field, restore_field, retire_field
from caudal.workspace.actions.files import store_file
from caudal.workspace.actions.mailing import post_digests, post_notices, whose_letters
from caudal.workspace.actions.notices import (
    NotAMember,
    Notice,
    choose_ways,
    follow_by_mention,
    follow_record,
    notify,
    read_notification,
    read_notifications,
    unsubscribe,
)
from caudal.workspace.actions.operations import (
    asker_of,
    cancel_operation,
    finish_operation,
    progress_operation,
    start_operation,
    take_operation,
)
from caudal.workspace.actions.reading import note_reading
from caudal.workspace.actions.sharing import end_share, share_record
from caudal.workspace.actions.team import (
    add_member,
    change_member,
    deactivate_member,
    end_access,
    invite_member,
    make_sign_in_link,
    reactivate_member,
)
from caudal.workspace.actions.teams import add_team, change_team, delete_team
from caudal.workspace.actions.views import change_view, choose_default_view, delete_view, save_view

__all__ = [
    "TEXTS",
    "NotAMember",
    "Notice",
    "TooManyFiles",
    "Traces",
    "accept_link",
    "add_entity",
    "add_field",
    "add_member",
    "add_rates",
    "add_team",
    "ask_approval",
    "asker_of",
    "attach_file",
    "cancel_operation",
    "change_entity",
    "change_field",
    "change_member",
    "change_settings",
    "change_team",
    "change_view",
    "choose_default_entity",
    "choose_default_view",
    "choose_ways",
    "deactivate_member",
    "decide_approval",
    "delete_team",
    "delete_view",
    "detach_file",
    "drop_files",
    "drop_logo",
    "end_access",
    "end_share",
    "erase_traces",
    "finish_operation",
    "follow_by_mention",
    "follow_record",
    "forget_files",
    "found_company",
    "invite_member",
    "issue_key",
    "issue_link",
    "keep_externals",
    "make_sign_in_link",
    "note_export",
    "note_reading",
    "notify",
    "post_digests",
    "post_notices",
    "progress_operation",
    "reactivate_member",
    "read_notification",
    "read_notifications",
    "restore_field",
    "restore_file",
    "retire_entity",
    "retire_field",
    "revoke_key",
    "save_view",
    "set_logo",
    "set_password",
    "set_pillars",
    "share_record",
    "start_operation",
    "store_file",
    "take_operation",
    "unsubscribe",
    "whose_letters",
    "withdraw_approval",
]
