"""`caudal sign-in-link`, the way in for whoever has no password at hand, and `caudal rates import`."""

from datetime import datetime
from pathlib import Path

import click
from django.conf import settings
from django.urls import reverse

from caudal.core.errors import Severity
from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.kit.world import now
from caudal.workspace.actions import add_member, change_member, make_sign_in_link
from caudal.workspace.imports import import_rates
from caudal.workspace.models import Role
from caudal.workspace.queries import NoSuchMember, member_with_address


@click.command("sign-in-link")
@click.argument("email")
@click.option("--name", help="Let the address be an administrator's first: somebody new of this name if nobody has it.")
@attached()
def sign_in_link(*, email: str, name: str | None) -> None:
    """Print a link that signs a member in, once, for half an hour."""
    as_of = now()
    if name is not None:
        _let_administer(email, name, as_of)
    token = make_sign_in_link(actor=SYSTEM, as_of=as_of, member=member_with_address(SYSTEM, email))
    click.echo(settings.BASE_URL + reverse("workspace:come_in", args=[token]))


def _let_administer(email: str, name: str, as_of: datetime) -> None:
    """Whoever came in by an import has the address, but cannot sign in or administer yet, and keeps their name."""
    try:
        member = member_with_address(SYSTEM, email)
    except NoSuchMember:
        add_member(actor=SYSTEM, as_of=as_of, name=name, email=email, role=Role.ADMIN)
    else:
        change_member(actor=SYSTEM, as_of=as_of, member=member, role=Role.ADMIN, span="")


@click.group("rates")
def rates() -> None:
    """Exchange rates by day."""


@rates.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_context
@attached()
def import_rate_file(context: click.Context, *, file: Path) -> None:
    """Add the reference rates of the European Central Bank: eurofxref-hist.zip, or the CSV file in it."""
    report = import_rates(actor=SYSTEM, as_of=now(), file=file.name, content=file.read_bytes())
    for finding in report.findings:
        click.echo(str(finding), err=finding.severity is Severity.ERROR)
    click.echo(
        f"{report.days} days from {report.first} to {report.last}, {report.currencies} currencies: "
        f"{report.rates} rates, {report.added} of them new"
    )
    if any(finding.severity is Severity.ERROR for finding in report.findings):
        context.exit(1)
