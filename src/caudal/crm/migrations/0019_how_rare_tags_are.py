# A tag that few of a million records bear is in no sample of ordinary size, and was taken for one that thousands bear:
# the newest records were read one after another until there were fifty of them.

from django.db import migrations

TABLES = ('crm_company', 'crm_person', 'crm_lead', 'crm_deal')


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0018_leads_by_channel'),
    ]

    operations = [
        migrations.RunSQL(
            sql=f'ALTER TABLE "{table}" ALTER COLUMN tags SET STATISTICS 1000',
            reverse_sql=f'ALTER TABLE "{table}" ALTER COLUMN tags SET STATISTICS -1',
        )
        for table in TABLES
    ]
