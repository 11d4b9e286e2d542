"""`caudal ledger`: the books in the terminal."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import click

from caudal.core.money import Currency, Money
from caudal.core.periods import Days
from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.ledger.queries import Balance, Syntax, balance_sheet, balances, exported, income_statement

DAY = click.DateTime(["%Y-%m-%d"])
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


@click.group()
def ledger() -> None:
    """The books: balances, what was earned, what is owned and owed, and the journal for other programs."""


@ledger.command("balances")
@click.option("--through", type=DAY, help="The last day that counts; without it, everything posted.")
@AS_JSON
@attached()
def balances_command(*, through: datetime | None, as_json: bool) -> None:
    """Print the trial balance: every account in every currency, debits positive."""
    found = balances(SYSTEM, until=after(through))
    if as_json:
        click.echo(json.dumps({"balances": told(found)}))
        return
    print_all("Trial balance", found)


@ledger.command("income")
@click.argument("first", type=DAY)
@click.argument("last", type=DAY)
@AS_JSON
@attached()
def income_command(*, first: datetime, last: datetime, as_json: bool) -> None:
    """Print what was earned and spent from the day FIRST to the day LAST."""
    found = income_statement(SYSTEM, Days(first.date(), last.date() + timedelta(days=1)))
    if as_json:
        parts = {"income": found.income, "expenses": found.expenses}
        click.echo(json.dumps({**told_all(parts), "result": sums(found.result)}))
        return
    print_all("Income", found.income, natural=True)
    print_all("Expenses", found.expenses, natural=True)
    print_result(found.result)


@ledger.command("sheet")
@click.option("--through", type=DAY, help="The last day that counts; without it, everything posted.")
@AS_JSON
@attached()
def sheet_command(*, through: datetime | None, as_json: bool) -> None:
    """Print what is owned, what is owed, and what is left."""
    found = balance_sheet(SYSTEM, until=after(through))
    if as_json:
        parts = {"assets": found.assets, "liabilities": found.liabilities, "equity": found.equity}
        click.echo(json.dumps({**told_all(parts), "result": sums(found.result)}))
        return
    for title, part in (("Assets", found.assets), ("Liabilities", found.liabilities), ("Equity", found.equity)):
        print_all(title, part, natural=True)
    print_result(found.result)


@ledger.command("export")
@click.option("--format", "syntax", type=click.Choice([each.value for each in Syntax]), default=Syntax.BEANCOUNT.value)
@attached()
def export_command(*, syntax: str) -> None:
    """Print the chart and the whole journal in the syntax of beancount, hledger or ledger."""
    for line in exported(SYSTEM, Syntax(syntax)):
        click.echo(line)


def after(through: datetime | None) -> date | None:
    """Return the day after the last one that counts."""
    return None if through is None else through.date() + timedelta(days=1)


def told(found: Iterable[Balance], *, natural: bool = False) -> list[dict[str, Any]]:
    """Return balances as plain values."""
    return [
        {
            "account": each.account.code,
            "nature": each.account.nature,
            "label_en": each.account.label_en,
            "label_es": each.account.label_es,
            "amount": (each.natural if natural else each.amount).to_json(),
        }
        for each in found
    ]


def told_all(parts: Mapping[str, Iterable[Balance]]) -> dict[str, list[dict[str, Any]]]:
    """Return the parts of a statement as plain values, debt, equity and income as positive numbers."""
    return {name: told(found, natural=True) for name, found in parts.items()}


def sums(result: Mapping[Currency, Money]) -> list[dict[str, str]]:
    """Return what is left by currency as plain values."""
    return [amount.to_json() for amount in result.values()]


def print_all(title: str, found: Iterable[Balance], *, natural: bool = False) -> None:
    """Print balances under a title, one a line."""
    click.secho(title, bold=True)
    for each in found:
        amount = each.natural if natural else each.amount
        click.echo(f"  {each.account.code:<8}{each.account.label_en:<40}{amount.major:>20} {amount.currency}")


def print_result(result: dict[Currency, Money]) -> None:
    """Print what is left by currency."""
    click.secho("Result", bold=True)
    for currency, amount in result.items():
        click.echo(f"  {'':<48}{amount.major:>20} {currency}")
