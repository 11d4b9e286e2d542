"""The columns of activities, and the words for what they are, how they stand and what came of them."""

from collections.abc import Mapping
from typing import Final

from caudal.core.errors import msg
from caudal.crm.imports.vocabulary.kinds import Field, Kind, Reading, Table, header_key, words
from caudal.crm.imports.vocabulary.parties import COMPANY, COMPANY_KEYS, DELETED
from caudal.crm.imports.vocabulary.sales import CREATED
from caudal.crm.models import ActivityKind, ActivityOutcome, Direction

LONGEST: Final = 1_000_000
"""Letters of a note or a mail."""

ACTIVITIES: Final = Table(
    Kind.ACTIVITIES,
    words(
        "activity, activities, task, tasks, call, calls, phone calls, event, events, meeting, meetings, appointments, note, notes, "
        "email, emails, content note, to dos, actividad, actividades, tareas, llamadas, reuniones, citas, notas, correos, eventos"
    ),
    (
        frozenset({"subject", "does"}),
        frozenset({"subject", "due"}),
        frozenset({"subject", "start"}),
        frozenset({"body", "does"}),
        frozenset({"body", "start"}),
        frozenset({"body", "created"}),
        frozenset({"subject", "what_key"}),
        frozenset({"subject", "who_key"}),
    ),
    (
        Field(
            "key",
            Reading.TEXT,
            words(
                "activity id, task id, call id, event id, meeting id, note id, engagement id, activity pipedrive system id, note pipedrive system id, "
                "do not modify activity, do not modify task, do not modify phone call, do not modify appointment, do not modify email, "
                "do not modify note, no modificar actividad, no modificar tarea, no modificar llamada de telefono, no modificar cita, id actividad, id tarea"
            ),
            words("id, record id, id de registro"),
            label=msg("Key there"),
        ),
        Field(
            "does",
            Reading.TEXT,
            words("activity type, activity activity type, task subtype, task type, engagement type, event subtype, activitytypecode, tipo de actividad, actividad tipo, tipo de tarea"),
            words("type, kind, tipo, meeting type, call and meeting type"),
            length=120,
            label=msg("Kind of activity"),
        ),
        Field(
            "subject",
            Reading.TEXT,
            words(
                "subject, activity subject, task title, task name, call title, meeting name, meeting title, event title, note title, email subject, "
                "hs call title, hs meeting title, hs task subject, hs email subject, asunto, actividad asunto, titulo de la nota, titulo de la tarea, nombre de la reunion"
            ),
            words("title, name, activity, topic, titulo, tema, actividad"),
            length=LONGEST,
            label=msg("Subject"),
        ),
        Field(
            "body",
            Reading.TEXT,
            words(
                "note body, note content, activity note, activity notes, activity public description, call notes, call body, call agenda, task notes, email body, meeting description, "
                "meeting notes, internal meeting notes, hs note body, hs call body, hs meeting body, hs task body, hs email text, full comments, "
                "contenido de la nota, notas de la llamada, cuerpo de la nota, actividad nota, nota contenido"
            ),
            words("description, comments, notes, note, body, content, text, call description, descripcion, comentarios, notas, nota, contenido"),
            length=LONGEST,
            label=msg("Notes"),
        ),
        Field("is_private", Reading.FLAG, (), words("is private, private, privado, privada"), label=msg("Private")),
        Field(
            "due",
            Reading.MOMENT,
            words("due date, activity due date, task due date, due, activity date, activitydate, reminder date, fecha de vencimiento, vencimiento, actividad fecha de vencimiento, scheduledend"),
            words("date, fecha, activity date only, hs timestamp"),
            label=msg("Due"),
        ),
        Field("due_time", Reading.TEXT, words("due time, activity due time, hora de vencimiento, actividad hora de vencimiento"), ("time", "hora"), length=40, label=msg("Due at")),
        Field(
            "start",
            Reading.MOMENT,
            words(
                "start date time, activity date time, start, start date, start time, call start time, meeting start time, event start, scheduledstart, "
                "scheduled start, hs meeting start time, inicio, fecha de inicio, hora de inicio, hora de inicio de la reunion"
            ),
            label=msg("Begins"),
        ),
        Field(
            "end",
            Reading.MOMENT,
            words("end date time, end, end time, end date, meeting end time, event end, hs meeting end time, fin, hora de fin, fecha de fin"),
            label=msg("Ends"),
        ),
        Field(
            "completed",
            Reading.MOMENT,
            words("completed date time, completed date, completed at, completed time, completed on, activity marked as done time, marked as done time, closed time, actual end, hs task completion date, fecha de finalizacion, completada el"),
            label=msg("Done on"),
        ),
        Field("created", Reading.MOMENT, words("activity add time, note add time, add time, activity created, note created"), (*CREATED, "hs createdate"), label=msg("Written down on")),
        Field("minutes", Reading.NUMBER, words("duration in minutes, duration minutes, actual duration minutes"), words("minutes, minutos, duracion en minutos"), label=msg("Minutes")),
        Field("seconds", Reading.NUMBER, words("call duration in seconds, call duration seconds, duration in seconds, duration seconds"), label=msg("Seconds")),
        Field("duration", Reading.TEXT, words("call duration, activity duration, hs call duration, actividad duracion"), words("duration, actual duration, duracion"), length=40, label=msg("Duration")),
        Field(
            "done",
            Reading.TEXT,
            words("activity done, done, is done, is closed, actividad hecho, hs task is completed, marked as done"),
            words("completed, hecho, hecha, completada"),
            length=40,
            label=msg("Is done"),
        ),
        Field(
            "status",
            Reading.TEXT,
            words("task status, call status, activity status, email status, email send status, hs task status, hs call status, hs email status, statecode, estado de la tarea, estado de actividad"),
            words("status, state, estado"),
            length=120,
            label=msg("State"),
        ),
        Field(
            "outcome",
            Reading.TEXT,
            words("call outcome, meeting outcome, call result, call disposition, calldisposition, hs call disposition, hs meeting outcome, status reason, statuscode, resultado de la llamada, resultado de la reunion"),
            words("outcome, result, resultado"),
            length=200,
            label=msg("What came of it"),
        ),
        Field(
            "direction",
            Reading.TEXT,
            words("call type, call direction, email direction, calltype, hs call direction, hs email direction, tipo de llamada, direccion de la llamada"),
            ("direction",),
            length=40,
            label=msg("Who called or wrote"),
        ),
        Field(
            "owner",
            Reading.NAME,
            words(
                "activity assigned to, activity assigned to user, activity owner, task owner, call owner, event owner, meeting owner, note owner, note user, note author, "
                "assigned, assigned to, task assigned to, host, propietario de la actividad, actividad asignada a, actividad asignado a usuario, nota usuario"
            ),
            words("owner, owner name, user, author, propietario, asignado a, responsable, created by, creado por, activity creator"),
            names=Kind.MEMBERS,
            label=msg("Owner"),
        ),
        Field(
            "owner_key",
            Reading.LINK,
            words("activity assigned to id, activity owner id, task owner id, call owner id, event owner id, meeting owner id, note owner id, host id, hubspot owner id"),
            words("owner id, assigned to id"),
            names=Kind.MEMBERS,
            label=msg("Owner, by key"),
        ),
        Field("deal", Reading.TEXT, words("activity deal, note deal, associated deal, associated deals, actividad negocio, actividad trato, nota negocio"), words("deal, opportunity, deal name, opportunity name, deal title, negocio, oportunidad, trato"), length=2000, label=msg("Deal")),
        Field("deal_key", Reading.LINK, words("activity deal id, note deal id, associated deal ids"), words("deal id, opportunity id"), names=Kind.DEALS, several=True, label=msg("Deal, by key")),
        Field("lead", Reading.TEXT, words("activity lead, note lead, actividad prospecto"), words("lead, lead name, prospecto"), length=2000, label=msg("Lead")),
        Field("lead_key", Reading.LINK, words("activity lead id, note lead id"), ("lead id",), names=Kind.LEADS, several=True, label=msg("Lead, by key")),
        Field("company", Reading.NAME, words("activity organization, note organization, actividad organizacion, nota organizacion"), (*COMPANY, "company account"), names=Kind.COMPANIES, label=msg("Company")),
        Field("company_key", Reading.LINK, words("activity organization id, note organization id"), COMPANY_KEYS, names=Kind.COMPANIES, several=True, label=msg("Company, by key")),
        Field(
            "person",
            Reading.TEXT,
            words("activity contact person, activity person, note person, associated contact, associated contacts, actividad persona de contacto, actividad persona, nota persona"),
            words("contact name, contact, person, call to, contact person, contacto, persona, persona de contacto"),
            length=2000,
            label=msg("Person"),
        ),
        Field("person_key", Reading.LINK, words("activity person id, note person id, associated contact ids, contact name id"), words("contact id, person id"), names=Kind.PEOPLE, several=True, label=msg("Person, by key")),
        Field("what_key", Reading.LINK, words("what id, what id id, related to id, regarding object id, regardingobjectid, parent id id"), ("parent id",), several=True, label=msg("About, by key")),
        Field("what", Reading.TEXT, words("regarding, related to, referente a, relacionado con, se refiere a"), words("parent, parent id"), length=2000, label=msg("About")),
        Field("who_key", Reading.LINK, words("who id, who id id"), several=True, label=msg("With, by key")),
        DELETED,
    ),
)  # fmt: skip


def _by_word(*listed: tuple[str, str]) -> Mapping[str, str]:
    return {header_key(word): meaning for meaning, text in listed for word in words(text)}


DOES: Final = _by_word(
    (ActivityKind.CALL, "call, phone call, phonecall, llamada, llamada de telefono, llamada telefonica"),
    (ActivityKind.EMAIL, "email, e mail, mail, correo, correo electronico"),
    (ActivityKind.MEETING, "meeting, event, appointment, reunion, cita, evento"),
    (ActivityKind.DEMO, "demo, demonstration, demostracion"),
    (ActivityKind.VISIT, "visit, visita"),
    (ActivityKind.NOTE, "note, nota, contentnote"),
    (ActivityKind.TASK, "task, to do, todo, tarea, pendiente"),
)
"""Words that say a kind of ours, and nothing else."""
LIKE: Final = _by_word(
    (ActivityKind.CALL, "video call, logged call, videollamada"),
    (ActivityKind.EMAIL, "list email, sequence email, incoming email, outgoing email, forwarded email, correo entrante, correo saliente"),
    (ActivityKind.MEETING, "lunch, coffee, webinar, video conference, almuerzo, comida, videoconferencia"),
    (ActivityKind.VISIT, "site visit, visita a cliente"),
    (ActivityKind.TASK, "deadline, follow up, other, action item, letter, fax, vencimiento, seguimiento, otro, otra"),
)  # fmt: skip
"""Words that say more than the kind of ours that they are taken for: they stay in the notes."""

DONE, OPEN, DROPPED = "done", "open", "dropped"
STATES: Final = _by_word(
    (DONE, "done, completed, complete, closed, held, made, received, sent, yes, true, 1, x, hecho, hecha, si, verdadero, completado, completada"),
    (DONE, "realizada, realizado, enviado, cerrada, cerrado, connected, no show, attended, bounced, failed, replied"),
    (OPEN, "to do, todo, open, not started, in progress, waiting, waiting on someone else, waiting for input, deferred, scheduled, rescheduled, planned"),
    (OPEN, "pending, draft, no, false, 0, busy, free, tentative, out of office, requested, por hacer, abierta, abierto, pendiente, no iniciado, no iniciada"),
    (OPEN, "no empezado, en curso, aplazado, aplazada, programado, programada, planificada, falso, ocupado, libre"),
    (DROPPED, "canceled, cancelled, cancelado, cancelada, dropped"),
)  # fmt: skip
"""How an activity stands."""

OUTCOMES: Final[Mapping[str, Mapping[str, str]]] = {
    ActivityKind.CALL: _by_word(
        (ActivityOutcome.REACHED, "reached, connected, answered, left live message, interested, not interested, requested more info, requested call back, hablado, contestada, conectada"),
        (ActivityOutcome.NO_ANSWER, "no answer, busy, no response, no response busy, not answered, missed, unanswered, sin respuesta, ocupado, perdida, no contesta"),
        (ActivityOutcome.VOICEMAIL, "voicemail, left voicemail, left voice mail, left message, buzon de voz, mensaje de voz"),
        (ActivityOutcome.WRONG_NUMBER, "wrong number, invalid number, numero equivocado, numero incorrecto"),
    ),
    ActivityKind.EMAIL: _by_word(
        (ActivityOutcome.SENT, "sent, completed, enviado, enviada"),
        (ActivityOutcome.REPLIED, "replied, respondido, respondida"),
        (ActivityOutcome.BOUNCED, "bounced, failed, devuelto, rebotado"),
    ),
    ActivityKind.TASK: _by_word(
        (ActivityOutcome.COMPLETED, "completed, complete, done, closed, completado, completada, hecho, hecha"),
        (ActivityOutcome.DROPPED, "canceled, cancelled, dropped, cancelado, cancelada"),
    ),
    **dict.fromkeys(
        (ActivityKind.MEETING, ActivityKind.DEMO, ActivityKind.VISIT),
        _by_word(
            (ActivityOutcome.HELD, "held, completed, done, attended, celebrada, completada, realizada"),
            (ActivityOutcome.NO_SHOW, "no show, nobody came, did not attend, no se presento, no asistio"),
            (ActivityOutcome.CANCELLED, "canceled, cancelled, cancelado, cancelada"),
        ),
    ),
}  # fmt: skip
"""What came of activities of each kind."""
DIRECTIONS: Final = _by_word(
    (Direction.IN, "in, inbound, incoming, incoming email, received, missed, entrante, recibida, perdida"),
    (Direction.OUT, "out, outbound, outgoing, email, forwarded email, made, internal, saliente, realizada"),
)
"""Who called or wrote."""
OF_FILES: Final = (
    (ActivityKind.NOTE, "note title, note content, note body, do not modify note, no modificar nota, hs note body, linked entity id"),
    (ActivityKind.CALL, "call to, call duration, call start time, call duration in seconds, call title, call notes, call outcome, call direction, hs call title, do not modify phone call, no modificar llamada de telefono"),
    (ActivityKind.EMAIL, "email subject, email body, email direction, hs email subject, do not modify email, no modificar correo electronico"),
    (ActivityKind.MEETING, "end date time, duration in minutes, is all day event, event owner, event owner id, meeting name, meeting title, meeting start time, hs meeting title, meeting outcome, event title, do not modify appointment, no modificar cita, host, host id, check in time, required attendees"),
)  # fmt: skip
"""Headers that only files of one kind have; what is none of these is a file of tasks."""
BY_HEADER: Final = {header_key(word): does for does, text in OF_FILES for word in words(text)}
BY_FILE: Final = {
    header_key(word): does
    for does, text in (
        (ActivityKind.CALL, "call, calls, phone call, phone calls, llamadas"),
        (ActivityKind.EMAIL, "email, emails, email message, correos"),
        (
            ActivityKind.MEETING,
            "event, events, meeting, meetings, appointment, appointments, reuniones, citas, eventos",
        ),
        (ActivityKind.NOTE, "note, notes, content note, notas"),
        (ActivityKind.TASK, "task, tasks, tareas"),
    )
    for word in words(text)
}
"""Words in the name of a file that say the kind of all its rows."""
