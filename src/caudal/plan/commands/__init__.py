"""`caudal plan`: plans in the terminal. What is about a file needs neither a database nor a server."""

import click

from caudal.plan.commands.actuals import actual, actuals
from caudal.plan.commands.checking import check
from caudal.plan.commands.comparing import diff
from caudal.plan.commands.files import adopt, show, status
from caudal.plan.commands.repairing import repair
from caudal.plan.commands.simulating import simulate, split, tree


@click.group()
def plan() -> None:
    """Plans as data: targets with ranges, units, metrics and the lines they come from."""


for _command in (show, check, repair, diff, tree, simulate, split, adopt, status, actual, actuals):
    plan.add_command(_command)

COMMANDS = (plan,)

__all__ = [
    "COMMANDS",
    "actual",
    "actuals",
    "adopt",
    "check",
    "diff",
    "plan",
    "repair",
    "show",
    "simulate",
    "split",
    "status",
    "tree",
]
