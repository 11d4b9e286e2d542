import django.contrib.postgres.indexes
import django.contrib.postgres.operations
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('crm', '0005_parties_and_channels'),
    ]

    operations = [
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='company',
            index=models.Index(condition=models.Q(('deleted_at', None), models.Q(('family_domain', ''), _negated=True)), fields=['family_domain'], name='crm_company_by_family'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='company',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['bare_key'], name='crm_company_by_bare'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='person',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('deleted_at', None)), fields=['other_emails'], name='crm_person_by_others'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='person',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('deleted_at', None)), fields=['phone_keys'], name='crm_person_by_phone'),
        ),
    ]
