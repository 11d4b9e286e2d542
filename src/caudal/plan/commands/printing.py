"""What commands print: data for programs, tables for people."""

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from caudal.core.errors import Finding


def print_json(data: dict[str, Any]) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def finding_json(finding: Finding) -> dict[str, Any]:
    place = finding.place
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "name": place.name,
        "message": finding.told(),
    }


def print_wide(table: Table) -> None:
    """A terminal has its width; what goes into a file or a pipe is as wide as it needs."""
    Console(width=None if Console().is_terminal else 160).print(table)
