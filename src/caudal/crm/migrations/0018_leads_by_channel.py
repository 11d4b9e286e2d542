# Built beside the writes of a running installation: leads are counted by channel from the index alone.

import django.contrib.postgres.operations
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('crm', '0017_import_profiles'),
    ]

    operations = [
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='lead',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['channel', 'owner'], name='crm_lead_by_channel'),
        ),
    ]
