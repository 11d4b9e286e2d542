"""Worked examples of others, computed by the core: what agrees, what differs, and what is not understood."""

from caudal.cli.cases.running import NotCases, Report, run_cases

__all__ = ["NotCases", "Report", "run_cases"]
