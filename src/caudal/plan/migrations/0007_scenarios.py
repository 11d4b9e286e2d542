"""Scenarios that are kept, and the texts that a draft had."""

import caudal.kit.world
import django.db.models.deletion
from django.db import migrations, models

KEEP = """
INSERT INTO plan_drafttext (draft_id, number, text, sha256, written_at, written_by)
SELECT id, 1, text, sha256, changed_at, changed_by FROM plan_plandraft;
"""
GUARD = """
CREATE TRIGGER plan_draft_text_append_only BEFORE UPDATE ON plan_drafttext
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("plan", "0006_found_repairs"), ("kit", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="PlanScenario",
            fields=[
                ("id", models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("custom", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(editable=False)),
                ("created_by", models.CharField(editable=False, max_length=64)),
                ("changed_at", models.DateTimeField(editable=False)),
                ("changed_by", models.CharField(editable=False, max_length=64)),
                ("deleted_at", models.DateTimeField(editable=False, null=True)),
                ("deleted_by", models.CharField(editable=False, max_length=64, null=True)),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("why", models.TextField(blank=True, max_length=2000, verbose_name="why")),
                ("base", models.CharField(blank=True, max_length=64, verbose_name="laid over")),
                ("text", models.TextField(blank=True, max_length=50000, verbose_name="what it says otherwise")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["-deleted_at", "-id"],
                        name="plan_scenario_bin",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)), fields=("name",), name="plan_scenario_name_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="plan_scenario_named"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DraftText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField(max_length=1000000)),
                ("sha256", models.CharField(max_length=64)),
                ("written_at", models.DateTimeField()),
                ("written_by", models.CharField(max_length=64)),
                (
                    "draft",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="plan.plandraft",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("draft", "number"), name="plan_draft_text_once"),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="plan_draft_text_not_empty"
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, "DROP TRIGGER plan_draft_text_append_only ON plan_drafttext;"),
    ]
