"""Tax ids and bank accounts: how each country writes them, and whether their check digits agree.

What is checked is the shape, never whether the number was given to anybody: that only its office knows.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from caudal.core.errors import Problem, msg
from caudal.kit.countries import country_code
from caudal.kit.lazy import lazy

TAX_ID_MAX: Final = 40
LENGTH: Final = msg("It has too many or too few characters.")
CHECK_DIGIT: Final = msg("Its check digit does not fit: something in it is mistyped.")
PART: Final = msg("A part of it stands for nothing that exists.")
SHAPE: Final = msg("It is not written like one of this country.")
COUNTRY: Final = msg("Say the country first: each one writes its tax ids in its own way.")
REASONS: Final[Mapping[str, tuple[int, str]]] = {
    "InvalidChecksum": (3, CHECK_DIGIT),
    "InvalidComponent": (2, PART),
    "InvalidFormat": (1, SHAPE),
    "InvalidLength": (0, LENGTH),
}
"""What each refusal of the library says, and how near the number came: the nearest one is told."""
NUMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "AT": ("uid", "tin", "businessid"),
    "AU": ("abn", "tfn"),
    "BG": ("vat", "egn"),
    "BR": ("cnpj", "cpf"),
    "CA": ("bn", "sin"),
    "CH": ("uid", "vat"),
    "CR": ("cpj", "cpf", "cr"),
    "CU": ("ni",),
    "CZ": ("dic", "rc"),
    "DE": ("vat", "idnr", "stnr"),
    "DO": ("rnc", "cedula"),
    "EC": ("ruc", "ci"),
    "FR": ("tva", "siren", "siret"),
    "GB": ("vat", "utr"),
    "IE": ("vat", "pps"),
    "IL": ("hp", "idnr"),
    "IN": ("gstin", "pan"),
    "IT": ("iva", "codicefiscale"),
    "LI": ("peid",),
    "LT": ("pvm", "asmens"),
    "MD": ("idno",),
    "MU": ("nid",),
    "MX": ("rfc",),
    "NL": ("btw", "bsn"),
    "NO": ("mva", "orgnr"),
    "PE": ("ruc", "cui"),
    "PK": ("cnic",),
    "PL": ("nip", "pesel"),
    "RO": ("cf", "cui", "cnp"),
    "RU": ("inn", "ogrn"),
    "SE": ("vat", "orgnr", "personnummer"),
    "SK": ("dph", "rc"),
    "TH": ("moa", "pin", "tin"),
    "TR": ("vkn", "tckimlik"),
    "UA": ("edrpou", "rntrc"),
    "US": ("tin",),
    "ZA": ("tin", "idnr"),
}
"""By which numbers companies and people of a country are taxed, where it is not its one number of VAT alone."""
USUAL: Final = ("vat", "businessid", "personalid")
UNION_PREFIXES: Final[Mapping[str, str]] = {"GR": "EL", "GB": "XI"}
"""What stands before a VAT number of the Union where it is not the country's own code."""
UNION: Final = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
VAT_NUMBER: Final = msg("VAT number")
TAX_NUMBER: Final = msg("Tax number")
TERMS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "AR": (("", "CUIT"),),
    "AU": (("[0-9]{11}", "ABN"), ("", "TFN")),
    "BO": (("", "NIT"),),
    "BR": (("[0-9]{11}", "CPF"), ("", "CNPJ")),
    "CA": (("[0-9]{9}[A-Z].*", "BN"), ("", "BN")),
    "CH": (("", "UID"),),
    "CL": (("", "RUT"),),
    "CO": (("", "NIT"),),
    "CR": (("3[0-9]{9}", "Cédula jurídica"), ("", "Cédula")),
    "CU": (("", "NIT"),),
    "DE": (("[0-9]{9}", VAT_NUMBER), ("[0-9]{11}", "Steuer-IdNr."), ("", "Steuernummer")),
    "DO": (("[0-9]{9}", "RNC"), ("", "Cédula")),
    "EC": (("[0-9]{13}", "RUC"), ("", "Cédula")),
    "ES": (("", "NIF"),),
    "FR": (("[0-9]{9}", "SIREN"), ("[0-9]{14}", "SIRET"), ("", VAT_NUMBER)),
    "GB": (("[0-9]{10}", "UTR"), ("", VAT_NUMBER)),
    "GT": (("", "NIT"),),
    "HN": (("", "RTN"),),
    "IN": (("[A-Z0-9]{15}", "GSTIN"), ("", "PAN")),
    "IT": (("[A-Z].{15}", "Codice fiscale"), ("", "Partita IVA")),
    "LI": (("", "PEID"),),
    "MX": (("", "RFC"),),
    "NI": (("", "RUC"),),
    "NL": (("[0-9]{9}", "BSN"), ("", VAT_NUMBER)),
    "NO": (("", "Org.nr."),),
    "NZ": (("", "IRD"),),
    "PA": (("", "RUC"),),
    "PE": (("[0-9]{11}", "RUC"), ("", "DNI")),
    "PL": (("[0-9]{11}", "PESEL"), ("", "NIP")),
    "PT": (("", "NIF"),),
    "PY": (("", "RUC"),),
    "RU": (("[0-9]{10}|[0-9]{12}", "INN"), ("", "OGRN")),
    "SV": (("", "NIT"),),
    "US": (("", "TIN"),),
    "UY": (("", "RUT"),),
    "VE": (("", "RIF"),),
}
"""What a country calls its tax ids, by how they are written without a prefix; an empty pattern takes any."""


class TaxIdWrong(Problem):
    """The text is no tax id of the country."""

    code = "tax_id.wrong"
    status = 422
    message = msg("“{tax_id}” is not a tax id of {country}.")

    def __init__(self, reason: str, **params: str) -> None:
        """`reason` says why, and becomes the hint."""
        self.hint = reason
        super().__init__(None, **params)


class AccountWrong(Problem):
    """The text is no IBAN, or no BIC."""

    code = "bank_account.wrong"
    status = 422
    message = msg("“{number}” is not an {standard}.")

    def __init__(self, reason: str, **params: str) -> None:
        """`reason` says why, and becomes the hint."""
        self.hint = reason
        super().__init__(None, **params)


def check_tax_id(country: str, text: str) -> str:
    """Return a tax id of a country as its offices write it; nothing for nothing. Raises TaxIdWrong.

    A number of the European Union keeps its prefix where it came with one. Of a country whose numbers nobody has
    described, letters, digits and marks between them are taken as they came.

    >>> check_tax_id("ES", "b-5881850 1"), check_tax_id("ES", "ES B58818501"), check_tax_id("US", "12-3456789")
    ('B58818501', 'ESB58818501', '123456789')
    """
    typed = " ".join(text.split())
    if not typed:
        return ""
    if not country_code(country):
        raise TaxIdWrong(COUNTRY, tax_id=typed, country=country)
    if len(typed) > TAX_ID_MAX:
        raise TaxIdWrong(LENGTH, tax_id=typed[:TAX_ID_MAX], country=country)
    squeezed = "".join(letter for letter in typed.upper() if letter.isalnum())
    prefix = UNION_PREFIXES.get(country, country)
    union = lazy("stdnum.eu.vat")
    is_of_the_union = squeezed.startswith(prefix) and prefix.lower() in {*union.MEMBER_STATES, "el"}
    found = _tried([*([union.validate] if is_of_the_union else []), *_checks(country)], typed)
    if isinstance(found, str):
        return found
    raise TaxIdWrong(found[1], tax_id=typed, country=country)


def tax_id_term(country: str, tax_id: str) -> str:
    """Return what a tax id is called, as a message: the country's own word for it, or a VAT number of the Union.

    >>> [tax_id_term(*each) for each in (("ES", "B58818501"), ("ES", "ESB58818501"), ("FR", "FR40303265045"))]
    ['NIF', 'VAT number', 'VAT number']
    >>> [tax_id_term(*each) for each in (("DE", "12345678903"), ("BR", "11222333000181"), ("US", "123456789"))]
    ['Steuer-IdNr.', 'CNPJ', 'TIN']
    """
    if country in UNION and tax_id.startswith(UNION_PREFIXES.get(country, country)):
        return VAT_NUMBER
    otherwise = VAT_NUMBER if country in UNION else TAX_NUMBER
    found = (term for pattern, term in TERMS.get(country, ()) if not pattern or re.fullmatch(pattern, tax_id))
    return next(found, otherwise)


def union_number(country: str, tax_id: str) -> str:
    """Return a tax id as it is written across the Union: a Spanish one with `ES` before it; others as they are.

    >>> union_number("ES", "B58818501"), union_number("FR", "FR40303265045"), union_number("US", "123456789")
    ('ESB58818501', 'FR40303265045', '123456789')
    """
    prefix = UNION_PREFIXES.get(country, country)
    if country not in UNION or not tax_id or tax_id.startswith(prefix):
        return tax_id
    return f"{prefix}{tax_id}"


def check_iban(text: str) -> str:
    """Return an IBAN without its spaces; nothing for nothing. Raises AccountWrong.

    >>> check_iban("es91 2100 0418 4502 0005 1332")
    'ES9121000418450200051332'
    """
    return _account("stdnum.iban", "IBAN", text)


def check_bic(text: str) -> str:
    """Return the BIC of a bank in capitals; nothing for nothing. Raises AccountWrong.

    >>> check_bic("caixesbb xxx")
    'CAIXESBBXXX'
    """
    return _account("stdnum.bic", "BIC", text)


def _account(module: str, standard: str, text: str) -> str:
    typed = "".join(text.split())
    if not typed:
        return ""
    found = _tried([lazy(module).validate], typed[:TAX_ID_MAX])
    if isinstance(found, str):
        return found
    raise AccountWrong(found[1], number=typed[:TAX_ID_MAX], standard=standard)


def _checks(country: str) -> list[Callable[[str], str]]:
    module = lazy("stdnum.util").get_cc_module
    names = NUMBERS.get(country, USUAL)
    return [found.validate for name in names if (found := module(country, name)) is not None]


def _tried(checks: list[Callable[[str], str]], text: str) -> str | tuple[int, str]:
    """Return what the first check that agrees makes of a text, else why the one that came nearest does not."""
    wrong: Any = lazy("stdnum.exceptions").ValidationError
    nearest = (-1, SHAPE)
    for check in checks:
        try:
            return check(text)
        except wrong as error:
            nearest = max(nearest, REASONS.get(type(error).__name__, (1, SHAPE)))
    if checks:
        return nearest
    plain = all(letter.isalnum() or letter in " -./" for letter in text)
    return text.upper() if plain else nearest
