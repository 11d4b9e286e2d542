"""Model fields for the values of the core."""

from typing import Any, Final, overload

from django.db import models

from caudal.core.money import Currency, Money, currencies

_MOST: Final = 100


class MoneyField:
    """An amount of money on a model: `amount = MoneyField()` makes `amount_minor` and `amount_currency`.

    The attribute reads and takes a `Money`, or None where `null=True`; a constraint keeps the two columns together.
    """

    def __init__(self, *, null: bool = False) -> None:
        """Allow no amount at all with `null`."""
        self.null = null
        self.name = ""

    def contribute_to_class(self, cls: type[models.Model], name: str) -> None:
        """Add the two columns and take the attribute's place. Called by Django."""
        self.name = name
        models.BigIntegerField(null=self.null).contribute_to_class(cls, f"{name}_minor")
        models.CharField(max_length=3, null=self.null).contribute_to_class(cls, f"{name}_currency")
        setattr(cls, name, self)

    @overload
    def __get__(self, row: None, owner: type[models.Model]) -> "MoneyField": ...
    @overload
    def __get__(self, row: models.Model, owner: type[models.Model]) -> Any: ...
    def __get__(self, row: models.Model | None, owner: type[models.Model]) -> Any:
        """Return the row's amount."""
        if row is None:
            return self
        minor = getattr(row, f"{self.name}_minor")
        return None if minor is None else Money(minor, Currency(getattr(row, f"{self.name}_currency")))

    def __set__(self, row: models.Model, value: Money | None) -> None:
        """Set the row's amount."""
        setattr(row, f"{self.name}_minor", None if value is None else value.minor)
        setattr(row, f"{self.name}_currency", None if value is None else value.currency.code)


def money_together(name: str, label: str) -> models.CheckConstraint:
    """Return the constraint that an amount and its currency are both there or both missing."""
    missing = models.Q(**{f"{name}_minor__isnull": True, f"{name}_currency__isnull": True})
    present = models.Q(**{f"{name}_minor__isnull": False, f"{name}_currency__isnull": False})
    return models.CheckConstraint(condition=missing | present, name=f"{label}_{name}_whole")


def minor_units(currency: str) -> str:
    """Return the SQL of how many minor units of a currency make one; 100 of most.

    >>> minor_units("f.currency")[:33]
    "case when f.currency in ('BIF', '"
    """
    odd: dict[int, list[str]] = {}
    for one in currencies():
        if one.minor_per_major != _MOST:
            odd.setdefault(one.minor_per_major, []).append(one.code)
    cases = " ".join(
        f"when {currency} in ({', '.join(repr(code) for code in sorted(codes))}) then {count}"
        for count, codes in sorted(odd.items())
    )
    return f"case {cases} else {_MOST} end"
