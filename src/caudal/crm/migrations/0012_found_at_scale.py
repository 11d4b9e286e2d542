# Built beside the writes of a running installation: lists sorted by when rows came or changed, and searched for words.

import caudal.kit.grams
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('kit', '0006_grams'),
        ('crm', '0011_tags_indexes'),
    ]

    operations = [
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='company',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['-changed_at', '-id'], name='crm_company_by_change'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='company',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['-created_at', '-id'], name='crm_company_by_arrival'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='company',
            index=django.contrib.postgres.indexes.GinIndex(caudal.kit.grams.Grams('name_key', 'domain'), condition=models.Q(('deleted_at', None)), gin_pending_list_limit=512, name='crm_company_by_text'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='deal',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['-created_at', '-id'], name='crm_deal_by_arrival'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='deal',
            index=django.contrib.postgres.indexes.GinIndex(caudal.kit.grams.Grams('name_key'), condition=models.Q(('deleted_at', None)), gin_pending_list_limit=512, name='crm_deal_by_text'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='lead',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['-changed_at', '-id'], name='crm_lead_by_change'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='lead',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['-created_at', '-id'], name='crm_lead_by_arrival'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='lead',
            index=django.contrib.postgres.indexes.GinIndex(caudal.kit.grams.Grams('name_key', 'company_name', 'email'), condition=models.Q(('deleted_at', None)), gin_pending_list_limit=512, name='crm_lead_by_text'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='person',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['-changed_at', '-id'], name='crm_person_by_change'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='person',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['-created_at', '-id'], name='crm_person_by_arrival'),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name='person',
            index=django.contrib.postgres.indexes.GinIndex(caudal.kit.grams.Grams('name_key', 'email'), condition=models.Q(('deleted_at', None)), gin_pending_list_limit=512, name='crm_person_by_text'),
        ),
    ]
