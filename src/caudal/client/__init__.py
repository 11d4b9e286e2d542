"""A thin client of the API: one class per kind of record, one method per route, plain dictionaries with their types.

    from caudal.client import Client

    with Client("https://revenue.example.com", key="caudal_…") as caudal:
        for deal in caudal.deals.list(state="open"):
            print(deal["name"], deal["amount"])

What is under `resources` is written by `bin/client` from the description of the API. Needs httpx and nothing of Caudal.
"""

from caudal.client.client import Client
from caudal.client.transport import ProblemError, Unreachable

__all__ = ["Client", "ProblemError", "Unreachable"]
