"""How the files of five other systems are told, whatever of their columns is missing, moved or added."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from caudal.crm.imports.vocabulary.kinds import Kind, header_key, words

ENOUGH: Final = 2
"""Columns that must speak for a system, and for a kind of its files."""


class System(StrEnum):
    """A system that files come from."""

    SALESFORCE = "Salesforce"
    HUBSPOT = "HubSpot"
    PIPEDRIVE = "Pipedrive"
    ZOHO = "Zoho CRM"
    DYNAMICS = "Dynamics 365"


@dataclass(frozen=True, slots=True)
class Signature:
    """What gives a system away, and by what its kinds of files are told."""

    system: System
    sure: re.Pattern[str] | None
    """One header of this form is enough."""
    marks: frozenset[str]
    """Keys of headers of which two are enough."""
    kinds: Mapping[Kind | None, frozenset[str]]
    """Kind → keys of headers that speak for it; None for what is not taken."""


def _keys(text: str) -> frozenset[str]:
    return frozenset(header_key(word) for word in words(text))


SIGNATURES: Final = (
    Signature(
        System.DYNAMICS,
        re.compile(r"\((do not modify|no modificar)\) "),
        _keys("account id, contact id, opportunity id, statecode, statuscode, emailaddress1, telephone1, estimatedvalue, estimatedclosedate, closeprobability, address1 city, address1 line1, address1 country, parentaccountid"),
        {
            Kind.COMPANIES: _keys("do not modify account, no modificar cuenta, accountnumber, account name, main phone, primary contact, address 1 city, numberofemployees, websiteurl, accountid"),
            Kind.PEOPLE: _keys("do not modify contact, no modificar contacto, parentcustomerid, job title, jobtitle, full name, contactid, birthday, gendercode"),
            Kind.LEADS: _keys("do not modify lead, no modificar cliente potencial, leadid, companyname, leadsourcecode, leadqualitycode, lead source, source campaign, lead rating"),
            Kind.DEALS: _keys("do not modify opportunity, no modificar oportunidad, opportunityid, estimatedvalue, estimatedclosedate, closeprobability, est revenue, est close date, potential customer, pipeline phase, actual revenue, actual close date"),
            Kind.PRODUCTS: _keys("do not modify product, no modificar producto, productnumber, product id, default unit, unit group, list price, productid"),
            Kind.MEMBERS: _keys("do not modify user, no modificar usuario, systemuserid, domainname, business unit, internalemailaddress"),
            Kind.ACTIVITIES: _keys("do not modify task, do not modify phone call, do not modify appointment, do not modify email, do not modify activity, do not modify note, no modificar tarea, no modificar llamada de telefono, no modificar cita, no modificar correo electronico, no modificar actividad, no modificar nota, activitytypecode, activityid, regardingobjectid, scheduledstart, scheduledend, actualend, regarding, call to, due date"),
            None: _keys("do not modify case, do not modify campaign, do not modify quote, do not modify order, do not modify invoice, ticketnumber, incidentid"),
        },
    ),
    Signature(
        System.PIPEDRIVE,
        re.compile(r"(deal|person|organization|product|activity|lead|note|trato|negocio|persona|organización|producto|actividad|nota|prospecto) - "),
        frozenset(),
        {},
    ),
    Signature(
        System.ZOHO,
        re.compile(r".*[^.\s]\.id$"),
        _keys("account name id, deal owner id, lead owner id, contact owner id, account owner id, closing date, email opt out, reason for loss s, no of employees"),
        {
            Kind.LEADS: _keys("lead owner id, lead owner, lead source, lead status, is converted, converted account id, converted contact id, converted deal id, company, lead name"),
            Kind.DEALS: _keys("deal owner id, deal owner, deal name, closing date, stage, pipeline, pipeline id, sub pipeline, reason for loss, amount, contact name id, deal id"),
            Kind.COMPANIES: _keys("account owner id, account owner, account number, account site, billing city, billing street, billing code, parent account id, employees, annual revenue, ownership"),
            Kind.PEOPLE: _keys("contact owner id, contact owner, first name, last name, account name id, mailing city, mailing street, reporting to id, department, date of birth, vendor name id"),
            Kind.PRODUCTS: _keys("product owner id, product owner, product name, product code, unit price, product active, usage unit, qty in stock"),
            Kind.MEMBERS: _keys("role, role id, profile, profile id, alias"),
            Kind.ACTIVITIES: _keys("task owner id, task owner, due date, note owner, note owner id, parent id id, call owner id, call owner, call type, call start time, event owner id, meeting owner id, note title, note content, host id, start date time, related to id, what id id"),
            None: _keys("case owner, case owner id, case number, case reason, quote owner, quote owner id, invoice owner, invoice owner id, campaign owner, campaign owner id, campaign name"),
        },
    ),
    Signature(
        System.SALESFORCE,
        re.compile(r".*__[cr]$"),
        _keys("is deleted, system modstamp, owner id, created by id, last modified by id, master record id, account id, stage name, billing street, billing state, billing postal code, mailing street, mailing postal code, has opted out of email, is converted, forecast category, forecast category name, last viewed date, who id, what id, product code, pricebook2 id, user role id, profile id, username, opportunity owner, fiscal period, billing state province, mailing state province, billing zip postal code"),
        {
            Kind.COMPANIES: _keys("billing street, billing city, billing state, billing country, billing postal code, shipping street, shipping city, account number, ticker symbol, account source, number of employees, annual revenue, parent id, sic, ownership, industry, account owner, billing state province, site"),
            Kind.PEOPLE: _keys("mailing street, mailing city, mailing state, mailing country, mailing postal code, reports to id, first name, last name, title, department, birthdate, account id, contact owner, email bounced reason, assistant name, mailing state province"),
            Kind.LEADS: _keys("is converted, converted date, converted account id, converted contact id, converted opportunity id, company, status, lead source, street, first name, last name, lead owner, lead status, company account, is unread by owner"),
            Kind.DEALS: _keys("stage name, close date, is closed, is won, forecast category, forecast category name, expected revenue, next step, pricebook2 id, amount, probability, opportunity name, opportunity owner, fiscal period, fiscal quarter, has opportunity line item, total opportunity quantity"),
            Kind.MEMBERS: _keys("username, profile id, user role id, is active, user type, time zone sid key, language locale key, alias, community nickname"),
            Kind.PRODUCTS: _keys("product code, family, is active, quantity unit of measure, stock keeping unit, display url"),
            Kind.ACTIVITIES: _keys("who id, what id, subject, activity date, assigned, company account, content note, call type, call duration in seconds, task subtype, start date time, end date time, duration in minutes, is task, is all day event, activity date time"),
            None: _keys("case number, case id, supplied email, pricebook entry id, unit price, total price, quantity, campaign id, has responded, first responded date, number sent, contract number, order number"),
        },
    ),
    Signature(
        System.HUBSPOT,
        re.compile(r"hs_[a-z0-9_]+$|hubspot_owner_id$"),
        _keys("record id, id de registro, contact owner, company owner, company domain name, deal owner, lifecycle stage, lifecyclestage, associated company, associated company ids, associated company ids primary, associated contact, associated contact ids, associated deal, dealname, dealstage, dealtype, closed lost reason, createdate, lastmodifieddate, lead status, original source, country region, associatedcompanyid"),
        {
            Kind.COMPANIES: _keys("company name, company domain name, company owner, domain, number of employees, annual revenue, about us, number of associated contacts, is public, parent company, nombre de la empresa, nombre de dominio de la empresa"),
            Kind.PEOPLE: _keys("first name, last name, email, lifecycle stage, job title, contact owner, associated company, associated company ids, associatedcompanyid, lead status, hs lead status, mobile phone number, unsubscribed from all email"),
            Kind.DEALS: _keys("deal name, deal stage, pipeline, deal owner, close date, amount, deal type, closed lost reason, forecast category, deal probability, nombre del negocio, etapa del negocio"),
            Kind.PRODUCTS: _keys("sku, hs sku, unit price, unit cost, product description, term, billing frequency, recurring billing frequency, hs price"),
            Kind.ACTIVITIES: _keys("activity type, activity date, task name, task title, call title, call direction, email subject, email body, email direction, meeting start time, associated contact ids, associated deal ids, hs timestamp, hs note body, hs call title, hs call body, hs task subject, hs meeting title, hs email subject, task status, engagement type, hs engagement type, note body, call body, call outcome, call notes, meeting name, meeting outcome, due date, activity assigned to, call duration"),
            None: _keys("ticket name, ticket status, ticket owner, ticket description, campaign name"),
        },
    ),
)  # fmt: skip
"""In the order in which they are tried: whose headers nobody else writes comes first."""

PIPEDRIVE_KINDS: Final[Mapping[str, Kind]] = {
    "deal": Kind.DEALS,
    "trato": Kind.DEALS,
    "negocio": Kind.DEALS,
    "person": Kind.PEOPLE,
    "persona": Kind.PEOPLE,
    "organization": Kind.COMPANIES,
    "organización": Kind.COMPANIES,
    "product": Kind.PRODUCTS,
    "producto": Kind.PRODUCTS,
    "lead": Kind.LEADS,
    "prospecto": Kind.LEADS,
    "activity": Kind.ACTIVITIES,
    "actividad": Kind.ACTIVITIES,
    "note": Kind.ACTIVITIES,
    "nota": Kind.ACTIVITIES,
}
"""Entity in front of a header → what its rows become."""

BOOKKEEPING: Final = _keys(
    "system modstamp, last modified date, last modified by id, created by id, created by, modified by, modified by id, "
    "modified time, modified on, last modified, last modified by, lastmodifieddate, last activity, last activity date, last activity time, "
    "last viewed date, last referenced date, master record id, jigsaw, jigsaw contact id, photo url, do not modify row checksum, "
    "do not modify modified on, row checksum, no modificar suma de comprobacion de fila, no modificar fecha de modificacion, "
    "layout, layout id, tag id, locked, locked s, change log time, change log time s, user modified time, system modified time, system related activity time, "
    "record type id, is private, fiscal, fiscal year, fiscal quarter, fiscal period, has opportunity line item, pricebook2 id, last notable activity, "
    "photo id, is priority record, is unread by owner, push count, last stage change date, last amount changed history id, last close date changed history id"
)
"""Columns that other systems keep for themselves."""

OPT_OUTS: Final = _keys(
    "has opted out of email, has opted out of fax, email opt out, fax opt out, do not call, do not email, donotemail, donotphone, "
    "do not allow emails, do not allow phone calls, do not allow bulk emails, unsubscribed, unsubscribed from all email, "
    "hs email optout, opted out of email, marketing status, person marketing status, unsubscribed mode, unsubscribed time, "
    "opted out email, no enviar correo, no llamar, baja de correo, donotbulkemail, sms opt out"
)
"""Columns by which somebody said that they want no mail or call. They say the opposite of consent."""


def system_of(header: Iterable[str]) -> tuple[System, Kind | None, bool] | None:
    """Return which system wrote a header, the kind of file it is, and whether the kind was told; None for no system.

    >>> system_of(["(Do Not Modify) Lead", "(Do Not Modify) Row Checksum", "Topic", "First Name"])
    (<System.DYNAMICS: 'Dynamics 365'>, <Kind.LEADS: 'leads'>, True)
    """
    raw = [cell.strip().casefold() for cell in header]
    keys = {header_key(cell) for cell in raw} | {header_key(cell) for cell in header}
    for signature in SIGNATURES:
        is_sure = signature.sure is not None and any(signature.sure.match(cell) for cell in raw)
        if not is_sure and len(keys & signature.marks) < ENOUGH:
            continue
        if signature.system is System.PIPEDRIVE:
            return (signature.system, *_entity_of(raw))
        scores = {kind: len(keys & told) for kind, told in signature.kinds.items()}
        best = max(scores.values())
        winners = [kind for kind, score in scores.items() if score == best]
        told = len(winners) == 1 and (best >= ENOUGH or signature.system is System.DYNAMICS)
        if told or is_sure:
            return signature.system, winners[0] if told else None, told
    return None


def _entity_of(raw: Iterable[str]) -> tuple[Kind | None, bool]:
    """The kind that most headers bear in front, the first of those that as many do."""
    counts: dict[str, int] = {}
    for cell in raw:
        entity = cell.partition(" - ")[0].strip()
        if entity in PIPEDRIVE_KINDS:
            counts[entity] = counts.get(entity, 0) + 1
    if not counts:
        return None, False
    return PIPEDRIVE_KINDS[max(counts, key=lambda entity: counts[entity])], True
