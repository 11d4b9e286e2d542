"""Caudal runs a company's revenue from plan to cash."""

__version__ = "0.1.0"
