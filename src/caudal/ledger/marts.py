"""The table that the books publish for numbers: every line of every entry, as people say its amount."""

from typing import Final

from caudal.core.errors import msg
from caudal.kit.marts import Column, ColumnKind, Mart

POSTINGS: Final = """
SELECT line.entry_id,
       line.day,
       account.code || ' ' || account.label_en AS account,
       account.nature,
       nullif(account.budget, '') AS budget,
       account.purpose,
       CASE WHEN account.purpose LIKE 'revenue\\_%' THEN substr(account.purpose, 9) END AS stream,
       coalesce(account.purpose IN ('bank', 'clearing'), false) AS is_money,
       CASE WHEN account.nature IN ('asset', 'expense') THEN line.amount_minor ELSE -line.amount_minor END AS amount,
       line.amount_currency AS currency,
       pillar.key AS pillar,
       nullif(line.channel, '') AS channel,
       nullif(line.party, '') AS party,
       split_part(entry.source, ':', 1) AS source
FROM ledger_journalposting AS line
JOIN ledger_journalentry AS entry ON entry.id = line.entry_id
JOIN ledger_account AS account ON account.id = line.account_id
LEFT JOIN workspace_pillar AS pillar ON pillar.id = line.pillar_id
"""

MARTS: Final = (
    Mart(
        name="postings",
        sql=POSTINGS,
        columns={
            "entry_id": Column(ColumnKind.ID, msg("entry's id")),
            "day": Column(ColumnKind.DATE, msg("day")),
            "account": Column(ColumnKind.TEXT, msg("account"), dimension=True),
            "nature": Column(ColumnKind.TEXT, msg("type of account"), dimension=True),
            "budget": Column(ColumnKind.TEXT, msg("line of the budget"), dimension=True),
            "purpose": Column(ColumnKind.TEXT, msg("purpose of the account"), dimension=True),
            "stream": Column(ColumnKind.TEXT, msg("revenue stream"), dimension=True),
            "is_money": Column(ColumnKind.BOOLEAN, msg("account of money")),
            "amount": Column(ColumnKind.MONEY, msg("amount"), currency="currency"),
            "currency": Column(ColumnKind.TEXT, msg("currency"), dimension=True),
            "pillar": Column(ColumnKind.TEXT, msg("pillar"), dimension=True),
            "channel": Column(ColumnKind.TEXT, msg("channel"), dimension=True),
            "party": Column(ColumnKind.TEXT, msg("party"), dimension=True),
            "source": Column(ColumnKind.TEXT, msg("kind of source"), dimension=True),
        },
        ref="entry_id",
        kind="entry",
        noun="entry",
        optional=True,
        names=("text", "source"),
    ),
)
