"""`caudal plan`: plans in the terminal. What is about a file needs neither a database nor a server."""

import click

from caudal.kit.terminal import Family


@click.group(cls=Family)
def plan() -> None:
    """Plans as data: targets with ranges, units, metrics and the lines they come from."""
