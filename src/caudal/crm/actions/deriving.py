"""What follows from what is said of companies and people: keys to find them by, codes of countries, numbers to dial."""

from collections.abc import Iterable, Mapping
from typing import Any

from caudal.crm.models import Company, Person
from caudal.kit.countries import country_code, country_name
from caudal.kit.domains import family_domain, host_of
from caudal.kit.names import bare_key, name_key
from caudal.kit.phones import e164


def of_company(values: Mapping[str, Any], *, home: str, before: Company | None = None) -> dict[str, Any]:
    """Return what is said of a company, tidied, with the columns that follow from it.

    Only what `values` speak of comes back; `before` lends the rest. A number without a prefix is one of the company's
    country, else of `home`, our own.
    """
    said = dict(values)
    if "name" in values:
        said |= {"name_key": name_key(values["name"]), "bare_key": bare_key(values["name"])}
    if "domain" in values:
        host = host_of(values["domain"] or "")
        said |= {"domain": host or None, "family_domain": family_domain(host)}
    said |= _country(values)
    if said.keys() & {"phone", "country"}:
        number = said.get("phone", before.phone if before else "")
        code = said.get("country_code", before.country_code if before else "")
        said["phone_e164"] = e164(number, code or home)
    return said


def of_person(
    values: Mapping[str, Any], *, home: str, company: Company | None, before: Person | None = None
) -> dict[str, Any]:
    """Return what is said of a person, tidied, with the columns that follow from it; see `of_company`.

    A number without a prefix is one of the person's country, else of the company's, else of `home`. Without a first
    address or number, the next one becomes the first.
    """
    said = dict(values)
    if "name" in values:
        said["name_key"] = name_key(values["name"])
    said |= _country(values)
    if values.keys() & {"email", "other_emails"}:
        first, *others = _ways(values, before, "email", "other_emails") or [""]
        said |= {"email": first or None, "other_emails": others}
    if values.keys() & {"phone", "other_phones"}:
        first, *others = _ways(values, before, "phone", "other_phones") or [""]
        said |= {"phone": first, "other_phones": others}
    if said.keys() & {"phone", "country", "company_id"}:
        numbers = [said.get("phone", before.phone if before else "")]
        numbers += said.get("other_phones", before.other_phones if before else [])
        code = said.get("country_code", before.country_code if before else "")
        code = code or (company.country_code if company else "") or home
        said["phone_keys"] = [e164(number, code) for number in numbers] if any(numbers) else []
    return said


def _country(values: Mapping[str, Any]) -> dict[str, str]:
    if "country" not in values:
        return {}
    typed = " ".join(values["country"].split())
    code = country_code(typed)
    return {"country": country_name(code) if code else typed, "country_code": code}


def _ways(values: Mapping[str, Any], before: Any, one: str, many: str) -> list[str]:
    first = values.get(one, getattr(before, one, None)) or ""
    others: Iterable[str] = values.get(many, getattr(before, many, None)) or ()
    return [way for way in dict.fromkeys((first, *others)) if way]
