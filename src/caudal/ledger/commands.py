"""`caudal ledger`: the books in the terminal."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import click

from caudal.core.money import Currency, Money
from caudal.core.periods import Days
from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.ledger.queries import Balance, Syntax, balance_sheet, balances, exported, income_statement

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def ledger() -> None:
    """The books: balances, what was earned, what is owned and owed, and the journal for other programs."""


@ledger.command("balances")
@click.option("--through", type=DAY, help="The last day that counts; without it, everything posted.")
@attached()
def balances_command(*, through: datetime | None) -> None:
    """Print the trial balance: every account in every currency, debits positive."""
    print_all("Trial balance", balances(SYSTEM, until=after(through)))


@ledger.command("income")
@click.argument("first", type=DAY)
@click.argument("last", type=DAY)
@attached()
def income_command(*, first: datetime, last: datetime) -> None:
    """Print what was earned and spent from the day FIRST to the day LAST."""
    found = income_statement(SYSTEM, Days(first.date(), last.date() + timedelta(days=1)))
    print_all("Income", found.income, natural=True)
    print_all("Expenses", found.expenses, natural=True)
    print_result(found.result)


@ledger.command("sheet")
@click.option("--through", type=DAY, help="The last day that counts; without it, everything posted.")
@attached()
def sheet_command(*, through: datetime | None) -> None:
    """Print what is owned, what is owed, and what is left."""
    found = balance_sheet(SYSTEM, until=after(through))
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
