"""What people read of a plan, in each language of the interface."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """What people read, in each language of the interface."""

    en: str
    es: str

    def told(self, language: str) -> str:
        """In a language: Spanish for any kind of it, else English."""
        return self.es if language.split("-", maxsplit=1)[0] == "es" else self.en

    def to_json(self) -> dict[str, str]:
        """By language."""
        return {"en": self.en, "es": self.es}
