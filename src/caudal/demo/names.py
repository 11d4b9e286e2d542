"""Invented people and companies, Spanish and English. Addresses end in .example, which no mail can reach."""

import random
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

from caudal.demo.chance import Deck


@dataclass(frozen=True, slots=True)
class Firm:
    """An invented company."""

    name: str
    domain: str
    sector: str
    country: str
    city: str
    phone: str
    employees: int


@dataclass(frozen=True, slots=True)
class Buyer:
    """An invented person, perhaps at a company."""

    name: str
    email: str
    phone: str
    firm: Firm | None


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


GIVEN: Final = {
    "es": words(
        "Adela Aitana Alba Álvaro Amaya Andrés Berta Bruno Candela Carmela Celia Damián Diego Elisa Emilio Esteban "
        "Fermín Gala Gonzalo Ignacio Inés Iván Jimena Joaquín Julia Lara Leandro Leonor Lorena Martina Mateo Mencía "
        "Nerea Nicolás Olalla Óscar Paloma Rafael Rocío Rodrigo Salma Saúl Sofía Teo Valeria Vera Víctor Ximena"
    ),
    "en": words(
        "Abigail Adrian Amelia Arthur Beatrix Callum Clara Conrad Daisy Dominic Edith Elliot Esme Felix Fiona Freya "
        "Gareth Harriet Hugo Imogen Isaac Jasper Juliet Leon Lydia Mabel Miles Naomi Nigel Olive Oscar Phoebe "
        "Quentin Rosalind Rupert Sadie Silas Tabitha Tobias Ursula Vincent Wesley Winifred Zachary"
    ),
}
FAMILY: Final = {
    "es": words(
        "Abascal Alcaraz Arriaga Balaguer Barandiarán Benavente Bermejo Cabanillas Camarena Carvajal Cifuentes "
        "Corbalán Escudero Espinar Fontana Galindo Gamboa Garrido Hinojosa Iglesias Jurado Lafuente Larrañaga "
        "Lozano Machado Manrique Mejías Montalbán Nogales Olmedo Ordóñez Palacios Pedraza Quiroga Redondo Requena "
        "Ribera Robledo Salvatierra Santamaría Sarmiento Tejedor Urrutia Valverde Villaseñor Zamorano"
    ),
    "en": words(
        "Abernathy Ashcombe Barrowby Beckford Blackwood Brantley Calloway Chesterley Corbett Dunmore Eastlake "
        "Fairbourne Farrow Garrick Gladwell Hadley Harcourt Hawksworth Hollis Ingram Kestrel Kingsley Langford "
        "Larkin Lockhart Marlowe Merriweather Norwood Oakley Pemberton Penrose Quimby Radcliffe Ravenhill Rowntree "
        "Sedgwick Selwyn Thackeray Thornbury Underhill Wakefield Westbrook Whitlock Winslow Yardley"
    ),
}
PLACES: Final = {
    "es": words(
        "Alborada Almenara Altozano Arboleda Atalaya Azahar Brañas Cantábrica Castañar Cierzo Collado Dehesa "
        "Encinar Espliego Fontanar Garceta Hinojal Jarama Labradas Llanura Madroñal Marisma Miramonte Nogaleda "
        "Olivar Pedralba Peñafría Pinares Quejigo Retama Robledal Saltillo Sotomayor Tajuña Tomillar Umbría "
        "Valdehierro Vegaluz Ventisca Zarzales"
    ),
    "en": words(
        "Amberley Ashgrove Birchwater Brackenridge Brightwater Cloverfield Coldharbour Copperhill Dovecote Eastmere "
        "Elmstead Fernhollow Foxglove Glenrose Greystone Harrowgate Hazelbrook Highmoor Ironbridge Kestrelford "
        "Larchwood Longmeadow Maplecross Millrace Northfield Oakhaven Pebblebrook Quarrybank Redfern Riverbend "
        "Rookwood Saltmarsh Silverbirch Stonecroft Thistledown Underwood Westerly Whitecliff Windmere Yewtree"
    ),
}
TRADES: Final = {
    "es": (
        ("Academia {}", "Education"),
        ("Asesoría {}", "Professional services"),
        ("Bodegas {}", "Food and drink"),
        ("Clínica {}", "Health"),
        ("Editorial {}", "Media"),
        ("Gestoría {}", "Professional services"),
        ("Grupo {}", "Holding"),
        ("Hoteles {}", "Travel"),
        ("Laboratorios {}", "Pharmaceuticals"),
        ("Logística {}", "Logistics"),
        ("Mutua {}", "Insurance"),
        ("Talleres {}", "Manufacturing"),
    ),
    "en": (
        ("{} Analytics", "Software"),
        ("{} Capital", "Finance"),
        ("{} Clinics", "Health"),
        ("{} Foods", "Food and drink"),
        ("{} Freight", "Logistics"),
        ("{} Homes", "Construction"),
        ("{} Insurance", "Insurance"),
        ("{} Learning", "Education"),
        ("{} Legal", "Professional services"),
        ("{} Press", "Media"),
        ("{} Retail", "Retail"),
        ("{} Travel", "Travel"),
    ),
}
COUNTRIES: Final = {
    "es": {"Spain": 6, "Mexico": 2, "Colombia": 1, "Chile": 1},
    "en": {"United Kingdom": 4, "United States": 4, "Ireland": 2},
}
DIALLING: Final = {
    "Spain": "+34 600",
    "Mexico": "+52 55",
    "Colombia": "+57 300",
    "Chile": "+56 9",
    "United Kingdom": "+44 7700",
    "United States": "+1 202",
    "Ireland": "+353 85",
}
CITIES: Final = {
    "Spain": ("Madrid", "Barcelona", "Valencia", "Sevilla", "Bilbao"),
    "Mexico": ("Ciudad de México", "Monterrey", "Guadalajara"),
    "Colombia": ("Bogotá", "Medellín"),
    "Chile": ("Santiago", "Valparaíso"),
    "United Kingdom": ("London", "Leeds", "Bristol", "Glasgow"),
    "United States": ("Boston", "Austin", "Denver", "Portland"),
    "Ireland": ("Dublin", "Cork"),
}


class Register:
    """Makes people and companies up, none of them twice."""

    def __init__(self, luck: random.Random) -> None:
        self.luck = luck
        self.languages = Deck(luck, {"es": 3, "en": 2})
        self.countries = {language: Deck(luck, cards) for language, cards in COUNTRIES.items()}
        self.firms = {language: self._firms(language) for language in TRADES}
        self.numbers = count(1)

    def buyer(self, *, private: bool = False) -> Buyer:
        """Return somebody new, at a company of their own language, or in their own name."""
        language = self.languages.draw()
        given = self.luck.choice(GIVEN[language])
        family = self.luck.choice(FAMILY[language])
        firm = None if private else next(self.firms[language])
        # The number keeps two people of one name apart: an address says who is the same.
        address = f"{slug(given)}.{slug(family)}" + (f".{next(self.numbers)}" if firm is None else "")
        dialled = DIALLING[firm.country] if firm else DIALLING["Spain" if language == "es" else "United Kingdom"]
        return Buyer(
            name=f"{given} {family}",
            email=f"{address}@{firm.domain if firm else 'correo.example'}",
            phone=f"{dialled} {self.luck.randint(100_000, 999_999)}",
            firm=firm,
        )

    def _firms(self, language: str) -> Iterator[Firm]:
        """Every trade of every place once, in a shuffled order; then again with a number behind the name."""
        pairs = [(place, trade) for place in PLACES[language] for trade in TRADES[language]]
        for series in count(1):
            self.luck.shuffle(pairs)
            for place, (pattern, sector) in pairs:
                name = pattern.format(place) + (f" {series}" if series > 1 else "")
                yield Firm(
                    name=name,
                    domain=f"{slug(name)}.example",
                    sector=sector,
                    country=(country := self.countries[language].draw()),
                    # Of the name, so that they take nothing from the series of chances.
                    city=CITIES[country][len(name) % len(CITIES[country])],
                    phone=f"{DIALLING[country]} {100_000 + zlib.crc32(name.encode()) % 900_000}",
                    employees=self.luck.choice((8, 14, 25, 40, 65, 90, 140, 220, 380, 650, 1200)),
                )


def slug(text: str) -> str:
    """Return a name as it stands in an address: small letters without accents, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(plain.split())
