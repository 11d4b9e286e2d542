"""Everything that imports write can be taken back with the batch that wrote it."""

from django.db import migrations

TABLES = (
    *("crm_tag", "crm_channel", "crm_pipeline", "crm_stage", "crm_competitor"),
    *("crm_company", "crm_keptapart", "crm_person", "crm_lead", "crm_leadconversion", "crm_leaddisqualification"),
    *("crm_deal", "crm_stagestay", "crm_dealclose", "crm_lossto", "crm_dealcompetitor", "crm_dealline"),
    *("crm_touch", "crm_activity", "crm_activitylink", "crm_completion"),
)


class Migration(migrations.Migration):
    dependencies = [("crm", "0012_found_at_scale"), ("kit", "0007_traces")]
    operations = [
        migrations.RunSQL(f"SELECT kit_trace_table('{table}')", f"DROP TRIGGER kit_trace ON {table}")
        for table in TABLES
    ]
