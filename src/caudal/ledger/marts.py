"""The table that the ledger publishes for numbers: what was posted on the accounts that the system posts to."""

from typing import Final

from caudal.core.errors import msg
from caudal.kit.marts import Column, ColumnKind, Mart

POSTINGS: Final = """
SELECT posting.id::text AS id,
       posting.entry_id,
       posting.day,
       account.code AS account,
       account.nature,
       account.purpose,
       CASE WHEN account.purpose LIKE 'revenue\\_%' THEN substr(account.purpose, 9) END AS stream,
       pillar.key AS pillar,
       posting.amount_minor AS amount,
       posting.amount_currency AS currency
FROM ledger_journalposting AS posting
JOIN ledger_account AS account ON account.id = posting.account_id
LEFT JOIN workspace_pillar AS pillar ON pillar.id = posting.pillar_id
WHERE account.purpose IS NOT NULL
"""

MARTS: Final = (
    Mart(
        name="postings",
        sql=POSTINGS,
        columns={
            "id": Column(ColumnKind.TEXT, msg("id")),
            "entry_id": Column(ColumnKind.ID, msg("entry's id")),
            "day": Column(ColumnKind.DATE, msg("day")),
            "account": Column(ColumnKind.TEXT, msg("account"), dimension=True),
            "nature": Column(ColumnKind.TEXT, msg("type of account"), dimension=True),
            "purpose": Column(ColumnKind.TEXT, msg("purpose of the account"), dimension=True),
            "stream": Column(ColumnKind.TEXT, msg("revenue stream"), dimension=True),
            "pillar": Column(ColumnKind.TEXT, msg("pillar"), dimension=True),
            "amount": Column(ColumnKind.MONEY, msg("amount, a debit if positive"), currency="currency"),
            "currency": Column(ColumnKind.TEXT, msg("currency"), dimension=True),
        },
        ref="entry_id",
        kind="entry",
        noun="entry",
        title="text",
    ),
)
