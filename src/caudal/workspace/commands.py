"""`caudal sign-in-link`: the way in for the first administrator, and for whoever has no password at hand."""

import click
from django.conf import settings
from django.urls import reverse

from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.kit.world import now
from caudal.workspace.actions import add_member, make_sign_in_link
from caudal.workspace.models import Role
from caudal.workspace.queries import member_with_address


@click.command("sign-in-link")
@click.argument("email")
@click.option("--name", help="Add an administrator of this name, who has the address, first.")
@attached()
def sign_in_link(*, email: str, name: str | None) -> None:
    """Print a link that signs a member in, once, for half an hour."""
    as_of = now()
    if name is not None:
        add_member(actor=SYSTEM, as_of=as_of, name=name, email=email, role=Role.ADMIN)
    token = make_sign_in_link(actor=SYSTEM, as_of=as_of, member=member_with_address(SYSTEM, email))
    click.echo(settings.BASE_URL + reverse("workspace:come_in", args=[token]))


COMMANDS = (sign_in_link,)
