import django.contrib.postgres.indexes
import django.contrib.postgres.operations
from django.db import migrations


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('crm', '0010_tags'),
    ]

    operations = [
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='company',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='crm_company_by_tag'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='deal',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='crm_deal_by_tag'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='lead',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='crm_lead_by_tag'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='person',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='crm_person_by_tag'),
        ),
    ]
