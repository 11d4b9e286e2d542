"""Lets the accounts of the standard chart that are there already count as what they are in a new one."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

COUNT = """
UPDATE ledger_account AS account SET budget = said.budget
FROM (VALUES ('5000', 'cost_of_service', 'delivery'), ('5010', NULL, 'delivery'), ('5020', NULL, 'delivery'),
    ('5100', 'payment_fees', 'delivery'), ('6100', 'marketing', 'digital_marketing'), ('6300', 'commissions', 'sales_team')
) AS said (code, purpose, budget)
WHERE account.code = said.code AND account.nature = 'expense' AND account.purpose IS NOT DISTINCT FROM said.purpose
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_budgets")]
    operations = [
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
        ValidateConstraint(model_name="account", name="ledger_account_budget"),
    ]
