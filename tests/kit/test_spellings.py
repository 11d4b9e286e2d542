"""Domains, phones, countries and names of companies: many spellings, one key."""

import pytest

from caudal.kit.countries import countries, country_code, country_name
from caudal.kit.domains import family_domain, free_mail, host_of
from caudal.kit.names import bare_key
from caudal.kit.phones import e164


@pytest.mark.parametrize(
    ("typed", "host", "family"),
    [
        ("https://www.Acme.co.uk/en?x=1#top", "acme.co.uk", "acme.co.uk"),
        ("shop.acme.es", "shop.acme.es", "acme.es"),
        ("eva@mail.acme.es", "mail.acme.es", "acme.es"),
        ("acme.com.mx:8080", "acme.com.mx", "acme.com.mx"),
        ("gmail.com", "gmail.com", ""),  # anybody's
        ("co.uk", "co.uk", ""),  # nobody's
        ("localhost", "localhost", ""),
        ("", "", ""),
    ],
)
def test_a_web_address_is_kept_as_its_host_and_a_family_is_told_by_what_was_registered(
    typed: str, host: str, family: str
) -> None:
    assert (host_of(typed), family_domain(typed)) == (host, family)


def test_the_list_of_shared_mail_domains_has_no_line_that_means_nothing() -> None:
    assert len(free_mail()) > 100
    assert all(host_of(domain) == domain and "." in domain for domain in free_mail())


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("600 12 34 56", "ES", "+34600123456"),
        ("0034 600123456", "ES", "+34600123456"),
        ("(020) 7946 0958", "GB", "+442079460958"),
        ("+52 55 1234 5678", "", "+525512345678"),
        ("12345", "ES", ""),  # too short to be dialled
        ("ask for Eva", "ES", ""),
        ("600 12 34 56", "", ""),  # nobody knows of which country
    ],
)
def test_a_number_is_kept_as_it_is_dialled_from_anywhere(typed: str, country: str, number: str) -> None:
    assert e164(typed, country) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("es", "ES"),
        ("España", "ES"),
        ("SPAIN", "ES"),
        ("Deutschland", "DE"),
        ("Korea", "KR"),
        ("EE. UU.", "US"),
        ("Atlantis", ""),
    ],
)
def test_a_country_is_known_by_code_and_by_name_in_many_languages(typed: str, code: str) -> None:
    assert country_code(typed) == code


def test_every_country_has_a_name_in_both_languages_and_is_found_by_it() -> None:
    for language in ("en", "es"):
        assert len(countries(language)) > 200
        assert [code for code, name in countries(language) if country_code(name) != code] == []
    assert (country_name("DE"), country_name("DE", "es")) == ("Germany", "Alemania")


@pytest.mark.parametrize(
    "spelling",
    [
        "Acme",
        "ACME S.L.",
        "Acme, S.L.U.",
        "Acme SA",
        "acme Inc.",
        "Acme GmbH & Co. KG",
        "Acme S.A. de C.V.",
        "Acme S de RL de CV",
        "Ácme Ltd",
    ],
)
def test_a_company_is_told_by_its_name_without_the_legal_form(spelling: str) -> None:
    assert bare_key(spelling) == "acme"


def test_a_name_that_is_nothing_but_a_legal_form_stays_whole() -> None:
    assert bare_key("SA") == "sa"
    assert bare_key("Grupo Acme S.L.") == "grupo acme"
