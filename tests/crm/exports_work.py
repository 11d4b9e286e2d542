"""What the people of the five exports did and are to do, as each system writes it.

Two tasks, a call, two meetings, a mail and a note, with the quirks of each. Nothing here knows the program that reads
it.

Headers are those of: Salesforce's Task, Event and Note objects (Data Loader), HubSpot's exports of calls, meetings,
tasks, e-mails and notes, Pipedrive's `Activity - …` and `Note - …`, the backup of Zoho CRM, and the activity view of
Dynamics 365.
"""

from datetime import datetime
from typing import Final

from tests.crm.exports import (
    ACME,
    DYNAMICS,
    EVA,
    GLOBEX,
    HUBSPOT,
    IDA,
    JOHN,
    MAX,
    PIPEDRIVE,
    SALESFORCE,
    ZOHO,
    Export,
    salesforce_id,
)

_HTML: Final = "<p>Budget is&nbsp;<b>approved</b></p><ul><li>until June</li></ul>"
_ROLLOUT, EXPANSION_ID = "006D000000OppA1", "006D000000OppA3"

SALESFORCE_WORK: Final[Export] = {
    "Task.csv": [
        ["ID", "ISDELETED", "WHOID", "WHATID", "SUBJECT", "ACTIVITYDATE", "STATUS", "PRIORITY", "OWNERID", "DESCRIPTION", "ISCLOSED", "CALLDURATIONINSECONDS", "CALLTYPE", "CALLDISPOSITION", "TASKSUBTYPE", "COMPLETEDDATETIME", "CREATEDDATE", "SYSTEMMODSTAMP"],
        ["00TD000000Task1", "false", "", salesforce_id(EXPANSION_ID), "Call back", "2026-03-10", "Not Started", "High", salesforce_id(IDA), "", "false", "", "", "", "Task", "", "2026-02-01T08:00:00.000Z", "2026-02-01T08:00:00.000Z"],
        ["00TD000000Task2", "false", "", ACME, "Send contract", "2026-02-01", "Completed", "Normal", IDA, "", "true", "", "", "", "Task", "2026-02-02T10:00:00.000Z", "2026-01-20T08:00:00.000Z", "2026-02-01T08:00:00.000Z"],
        ["00TD000000Task3", "false", salesforce_id(JOHN), "", "Discovery call", "2026-02-03", "Completed", "Normal", MAX, "Wants a pilot", "true", "300", "Outbound", "Connected", "Call", "2026-02-03T10:00:00.000Z", "2026-02-03T10:06:00.000Z", "2026-02-03T10:06:00.000Z"],
        ["00TD000000Task4", "false", EVA, "", "Offer", "2026-01-15", "Completed", "Normal", IDA, "Please find it attached", "true", "", "Outbound", "", "Email", "2026-01-15T09:00:00.000Z", "2026-01-15T09:00:00.000Z", "2026-02-03T10:06:00.000Z"],
        ["00TD000000Task5", "true", EVA, "", "Gone", "2026-01-15", "Completed", "Normal", IDA, "", "true", "", "", "", "Task", "", "2026-01-15T09:00:00.000Z", "2026-02-03T10:06:00.000Z"],
    ],
    "Event.csv": [
        ["ID", "WHOID", "WHATID", "SUBJECT", "LOCATION", "ISALLDAYEVENT", "ACTIVITYDATETIME", "ACTIVITYDATE", "DURATIONINMINUTES", "STARTDATETIME", "ENDDATETIME", "DESCRIPTION", "OWNERID", "ISPRIVATE", "CREATEDDATE"],
        ["00UD000000Event1", EVA, _ROLLOUT, "Kick-off", "Madrid", "false", "2026-02-12T09:00:00.000Z", "2026-02-12", "60", "2026-02-12T09:00:00.000Z", "2026-02-12T10:00:00.000Z", "", IDA, "false", "2026-02-01T08:00:00.000Z"],
        ["00UD000000Event2", "", salesforce_id(GLOBEX), "Renewal talk", "", "false", "2026-04-01T10:00:00.000Z", "2026-04-01", "30", "2026-04-01T10:00:00.000Z", "2026-04-01T10:30:00.000Z", "", salesforce_id(MAX), "false", "2026-02-01T08:00:00.000Z"],
    ],
    "Note.csv": [
        ["ID", "ISDELETED", "PARENTID", "TITLE", "ISPRIVATE", "BODY", "OWNERID", "CREATEDDATE", "CREATEDBYID", "SYSTEMMODSTAMP"],
        ["002D000000Note1AAA", "false", _ROLLOUT, "", "false", _HTML, IDA, "2026-01-20T08:00:00.000Z", IDA, "2026-01-20T08:00:00.000Z"],
    ],
}  # fmt: skip

HUBSPOT_WORK: Final[Export] = {
    "tasks.csv": [
        ["Record ID", "Task Title", "Task Type", "Task Status", "Due date", "Completed at", "Priority", "Assigned to", "Task Notes", "Create Date", "Associated Contact IDs", "Associated Contact", "Associated Company IDs", "Associated Company", "Associated Deal IDs", "Associated Deal"],
        ["701", "Call back", "Todo", "Not started", "2026-03-10", "", "High", "Ida Vega", "", "2026-02-01 09:00", "", "", "9001", "Acme Iberia", "503", "Acme expansion"],
        ["702", "Send contract", "Todo", "Completed", "2026-02-01", "2026-02-02 11:00", "", "Ida Vega", "", "2026-01-20 09:00", "", "", "9001", "Acme Iberia", "", ""],
    ],
    "calls.csv": [
        ["Record ID", "Call Title", "Activity date", "Activity assigned to", "Call outcome", "Call direction", "Call duration", "Call notes", "Call status", "Associated Contact IDs", "Associated Contact", "Associated Company IDs"],
        ["703", "Discovery call", "2026-02-03 11:00", "Max Otto", "Connected", "Outbound", "00:05:00", "<p>Wants a pilot</p>", "Completed", "102", "John Doe (john@globex.example)", "9002"],
    ],
    "emails.csv": [
        ["Record ID", "Email subject", "Email body", "Email direction", "Email send status", "Activity date", "Activity assigned to", "Associated Contact IDs", "Associated Company IDs"],
        ["704", "Offer", "<div>Please find it attached</div>", "EMAIL", "SENT", "2026-01-15 10:00", "Ida Vega", "101", "9001"],
    ],
    "meetings.csv": [
        ["Record ID", "Meeting name", "Meeting start time", "Meeting end time", "Meeting outcome", "Meeting location", "Activity assigned to", "Associated Contact IDs", "Associated Company IDs", "Associated Deal IDs"],
        ["705", "Kick-off", "2026-02-12 10:00", "2026-02-12 11:00", "Completed", "Madrid", "Ida Vega", "101", "9001", "501"],
        ["706", "Renewal talk", "2026-04-01 12:00", "2026-04-01 12:30", "Scheduled", "", "Max Otto", "", "9002", ""],
    ],
    "notes.csv": [
        ["Record ID", "Note body", "Activity date", "Activity assigned to", "Associated Contact IDs", "Associated Company IDs", "Associated Deal IDs"],
        ["707", _HTML, "2026-01-20 09:00", "Ida Vega", "101", "9001", "501"],
    ],
}  # fmt: skip

PIPEDRIVE_WORK: Final[Export] = {
    "activities.csv": [
        ["Activity - ID", "Activity - Subject", "Activity - Type", "Activity - Due date", "Activity - Due time", "Activity - Duration", "Activity - Done", "Activity - Marked as done time", "Activity - Assigned to user", "Activity - Deal", "Activity - Organization", "Activity - Contact person", "Activity - Note", "Activity - Add time"],
        ["31", "Call back", "Task", "2026-03-10", "", "", "To do", "", "Ida Vega", "Acme expansion", "Acme Iberia", "", "", "2026-02-01 09:00:00"],
        ["32", "Send contract", "Task", "2026-02-01", "", "", "Done", "2026-02-02 11:00:00", "Ida Vega", "", "Acme Iberia", "", "", "2026-01-20 09:00:00"],
        ["33", "Discovery call", "Call", "2026-02-03", "11:00", "00:05", "Done", "2026-02-03 11:00:00", "Max Otto", "", "Globex GmbH", "John Doe", "Wants a pilot", "2026-02-01 09:00:00"],
        ["34", "Kick-off", "Meeting", "2026-02-12", "10:00", "01:00", "Done", "2026-02-12 10:00:00", "Ida Vega", "Acme rollout", "Acme Iberia", "Eva Gil", "", "2026-02-01 09:00:00"],
        ["35", "Renewal talk", "Meeting", "2026-04-01", "12:00", "00:30", "To do", "", "Max Otto", "", "Globex GmbH", "", "", "2026-02-01 09:00:00"],
        ["36", "Offer", "Email", "2026-01-15", "", "", "Done", "2026-01-15 10:00:00", "Ida Vega", "", "Acme Iberia", "Eva Gil", "Please find it attached", "2026-01-15 10:00:00"],
    ],
    "notes.csv": [
        ["Note - ID", "Note - Content", "Note - Add time", "Note - User", "Note - Deal", "Note - Organization", "Note - Person"],
        ["41", _HTML, "2026-01-20 09:00:00", "Ida Vega", "Acme rollout", "Acme Iberia", "Eva Gil"],
    ],
}  # fmt: skip

_ZI, _ZM = "zcrm_4100000000001", "zcrm_4100000000002"
ZOHO_WORK: Final[Export] = {
    "Data/Tasks_001.csv": [
        ["Record Id", "Task Owner.id", "Task Owner", "Subject", "Due Date", "Contact Name.id", "Contact Name", "Related To.id", "Related To", "Status", "Priority", "Closed Time", "Created Time", "Description"],
        ["zcrm_4600000000001", _ZI, "Ida Vega", "Call back", "2026-03-10", "", "", "zcrm_4500000000003", "Acme expansion", "Not Started", "High", "", "2026-02-01 09:00:00", ""],
        ["zcrm_4600000000002", _ZI, "Ida Vega", "Send contract", "2026-02-01", "", "", "zcrm_4200000000001", "Acme Iberia", "Completed", "Normal", "2026-02-02 11:00:00", "2026-01-20 09:00:00", ""],
        ["zcrm_4600000000003", _ZI, "Ida Vega", "Offer", "2026-01-15", "zcrm_4300000000001", "Eva Gil", "", "", "Completed", "Normal", "2026-01-15 10:00:00", "2026-01-15 10:00:00", "Please find it attached"],
    ],
    "Data/Calls_001.csv": [
        ["Record Id", "Call Owner.id", "Call Owner", "Subject", "Call Type", "Call Start Time", "Call Duration", "Call Duration (in seconds)", "Contact Name.id", "Contact Name", "Related To.id", "Call Result", "Call Status", "Call Agenda", "Created Time"],
        ["zcrm_4610000000001", _ZM, "Max Otto", "Discovery call", "Outbound", "2026-02-03 11:00:00", "05:00", "300", "zcrm_4300000000002", "John Doe", "", "Interested", "Completed", "Wants a pilot", "2026-02-03 11:06:00"],
    ],
    "Data/Events_001.csv": [
        ["Record Id", "Host.id", "Host", "Title", "Start DateTime", "End DateTime", "Location", "Contact Name.id", "Related To.id", "Related To", "Description", "Created Time"],
        ["zcrm_4620000000001", _ZI, "Ida Vega", "Kick-off", "2026-02-12 10:00:00", "2026-02-12 11:00:00", "Madrid", "zcrm_4300000000001", "zcrm_4500000000001", "Acme rollout", "", "2026-02-01 09:00:00"],
        ["zcrm_4620000000002", _ZM, "Max Otto", "Renewal talk", "2026-04-01 12:00:00", "2026-04-01 12:30:00", "", "", "zcrm_4200000000002", "Globex GmbH", "", "2026-02-01 09:00:00"],
    ],
    "Data/Notes_001.csv": [
        ["Record Id", "Note Owner.id", "Note Owner", "Note Title", "Note Content", "Parent Id.id", "Parent Id", "Created Time", "Modified Time"],
        ["zcrm_4630000000001", _ZI, "Ida Vega", "", _HTML, "zcrm_4500000000001", "Acme rollout", "2026-01-20 09:00:00", "2026-01-20 09:00:00"],
    ],
}  # fmt: skip

_CHECKED = "7dJxT2hFvGv2pQ==", datetime(2026, 2, 1, 8, 0)  # noqa: DTZ001  a workbook knows no zone
DYNAMICS_WORK: Final[Export] = {
    "All Activities.xlsx": [
        ["(Do Not Modify) Activity", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "Subject", "Regarding", "Activity Type", "Activity Status", "Status Reason", "Owner", "Priority", "Start Date", "Due Date", "Actual End", "Duration", "Description", "Created On"],
        ["e1000000-0000-4000-8000-000000000001", *_CHECKED, "Call back", "Acme expansion", "Task", "Open", "Not Started", "Ida Vega", "High", None, datetime(2026, 3, 10), None, None, "", datetime(2026, 2, 1, 9)],  # noqa: DTZ001  a workbook knows no zone
        ["e1000000-0000-4000-8000-000000000002", *_CHECKED, "Send contract", "Acme Iberia", "Task", "Completed", "Completed", "Ida Vega", "Normal", None, datetime(2026, 2, 1), datetime(2026, 2, 2, 11), None, "", datetime(2026, 1, 20, 9)],  # noqa: DTZ001  a workbook knows no zone
        ["e1000000-0000-4000-8000-000000000003", *_CHECKED, "Discovery call", "John Doe", "Phone Call", "Completed", "Made", "Max Otto", "Normal", None, datetime(2026, 2, 3, 11), datetime(2026, 2, 3, 11), "5 minutes", "Wants a pilot", datetime(2026, 2, 1, 9)],  # noqa: DTZ001  a workbook knows no zone
        ["e1000000-0000-4000-8000-000000000004", *_CHECKED, "Offer", "Eva Gil", "Email", "Completed", "Sent", "Ida Vega", "Normal", None, None, datetime(2026, 1, 15, 10), None, "<div>Please find it attached</div>", datetime(2026, 1, 15, 10)],  # noqa: DTZ001  a workbook knows no zone
        ["e1000000-0000-4000-8000-000000000005", *_CHECKED, "Kick-off", "Acme rollout", "Appointment", "Completed", "Completed", "Ida Vega", "Normal", datetime(2026, 2, 12, 10), datetime(2026, 2, 12, 11), datetime(2026, 2, 12, 11), 60, "", datetime(2026, 2, 1, 9)],  # noqa: DTZ001  a workbook knows no zone
        ["e1000000-0000-4000-8000-000000000006", *_CHECKED, "Renewal talk", "Globex GmbH", "Appointment", "Scheduled", "Busy", "Max Otto", "Normal", datetime(2026, 4, 1, 12), datetime(2026, 4, 1, 12, 30), None, 30, "", datetime(2026, 2, 1, 9)],  # noqa: DTZ001  a workbook knows no zone
    ],
    "Notes.xlsx": [
        ["(Do Not Modify) Note", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "Title", "Description", "Regarding", "Owner", "Created On"],
        ["f1000000-0000-4000-8000-000000000001", *_CHECKED, "", _HTML, "Acme rollout", "Ida Vega", datetime(2026, 1, 20, 9)],  # noqa: DTZ001  a workbook knows no zone
    ],
}  # fmt: skip

WORK: Final[dict[str, Export]] = {
    "Salesforce": SALESFORCE | SALESFORCE_WORK,
    "HubSpot": HUBSPOT | HUBSPOT_WORK,
    "Pipedrive": PIPEDRIVE | PIPEDRIVE_WORK,
    "Zoho CRM": ZOHO | ZOHO_WORK,
    "Dynamics 365": DYNAMICS | DYNAMICS_WORK,
}
"""Everything that each system exports."""
