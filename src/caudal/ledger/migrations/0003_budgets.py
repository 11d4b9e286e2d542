"""What the costs of an account count as, and the channel that a cost was spent on."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='budget',
            field=models.CharField(blank=True, choices=[('delivery', 'Cost of what is sold'), ('sales_team', 'Sales team'), ('sales_management', 'Sales management'), ('sales_operations', 'Sales operations'), ('sales_enablement', 'Sales enablement'), ('crm', 'CRM system'), ('sales_tools', 'Sales tools'), ('analytics', 'Analytics'), ('training', 'Training'), ('digital_marketing', 'Digital marketing'), ('content_marketing', 'Content marketing'), ('paid_advertising', 'Paid advertising'), ('events', 'Events')], db_default='', default='', max_length=40, verbose_name='counts as'),
        ),
        migrations.AddField(
            model_name='journalposting',
            name='channel',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        AddConstraintNotValid(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('budget', ''), models.Q(('budget__in', ['delivery', 'sales_team', 'sales_management', 'sales_operations', 'sales_enablement', 'crm', 'sales_tools', 'analytics', 'training', 'digital_marketing', 'content_marketing', 'paid_advertising', 'events']), ('nature', 'expense')), _connector='OR'), name='ledger_account_budget'),
        ),
    ]
