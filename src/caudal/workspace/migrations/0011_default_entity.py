"""A company that was founded before it had a legal entity gets one of its own name."""

from django.db import migrations

from caudal.kit.world import new_id

SYSTEM = "system"
KEYS = (
    ("workspace_companysettings", "workspace_default_entity_fk"),
    ("workspace_legalentity", "workspace_entity_logo_fk"),
)


def add_default(apps, _editor):
    settings, entities = apps.get_model("workspace", "CompanySettings"), apps.get_model("workspace", "LegalEntity")
    for own in settings.objects.filter(default_entity=None):
        entity = entities.objects.filter(deleted_at=None).order_by("name", "pk").first()
        if entity is None:
            entity = entities.objects.create(
                id=new_id(),
                name=own.name,
                country=own.country,
                language=own.language,
                created_at=own.changed_at,
                created_by=SYSTEM,
                changed_at=own.changed_at,
                changed_by=SYSTEM,
            )
        settings.objects.filter(pk=own.pk).update(default_entity=entity)


class Migration(migrations.Migration):
    dependencies = [("workspace", "0010_legal_entities")]
    operations = [
        migrations.RunSQL(f"ALTER TABLE {table} VALIDATE CONSTRAINT {key}", migrations.RunSQL.noop)
        for table, key in KEYS
    ] + [migrations.RunPython(add_default, migrations.RunPython.noop, elidable=True)]
