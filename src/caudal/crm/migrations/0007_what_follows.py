"""What follows from rows that were there before: keys of families, codes of countries, numbers to dial, touches."""

from django.db import migrations
from django.db.models import Min

from caudal.kit.countries import country_code, country_name
from caudal.kit.domains import family_domain, host_of
from caudal.kit.names import bare_key, name_key
from caudal.kit.phones import e164

BATCH = 1000
TOUCHES = """
INSERT INTO crm_touch (id, lead_id, person_id, company_id, channel_id, campaign, source_url, utm, touched_at, noted_by)
SELECT gen_random_uuid(), lead.id, conversion.person_id, conversion.company_id, named.id, '', '', '{}',
       lead.captured_at, lead.created_by
FROM crm_lead AS lead
JOIN crm_channel AS named ON named.name = lead.channel AND named.deleted_at IS NULL
LEFT JOIN crm_leadconversion AS conversion ON conversion.lead_id = lead.id
"""


def fill(apps, _schema_editor):
    company, person = apps.get_model("crm", "Company"), apps.get_model("crm", "Person")
    settings = apps.get_model("workspace", "CompanySettings").objects.first()
    home = settings.country if settings else ""
    rows = []
    for row in company.objects.iterator(BATCH):
        row.bare_key = bare_key(row.name)[:200]
        row.family_domain = family_domain(host_of(row.domain or ""))
        row.country_code = country_code(row.country)
        row.country = country_name(row.country_code) if row.country_code else row.country
        rows.append(row)
    company.objects.bulk_update(rows, ["bare_key", "family_domain", "country_code", "country"], batch_size=BATCH)
    people = []
    for row in person.objects.exclude(phone="").select_related("company").iterator(BATCH):
        row.phone_keys = [e164(row.phone, (row.company.country_code if row.company else "") or home)]
        people.append(row)
    person.objects.bulk_update(people, ["phone_keys"], batch_size=BATCH)


def name_channels(apps, _schema_editor):
    channel, lead = apps.get_model("crm", "Channel"), apps.get_model("crm", "Lead")
    said = lead.objects.exclude(channel="").values("channel").annotate(first=Min("captured_at")).order_by("first")
    known = {}
    for row in said:
        name, key = " ".join(row["channel"].split()), name_key(row["channel"])
        if not key:
            continue
        if key not in known:
            stamps = {f"{word}_{who}": value for word in ("created", "changed") for who, value in
                      (("at", row["first"]), ("by", "system"))}
            known[key] = channel.objects.create(name=name, name_key=key, sort="other", **stamps)
        if row["channel"] != known[key].name:
            lead.objects.filter(channel=row["channel"]).update(channel=known[key].name)


class Migration(migrations.Migration):
    dependencies = [("crm", "0006_parties_and_channels_indexes"), ("workspace", "0001_initial")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(name_channels, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(TOUCHES, migrations.RunSQL.noop, elidable=True),
    ]
