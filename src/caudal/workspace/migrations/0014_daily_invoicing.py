"""Whether what fell due is invoiced every day by itself."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

SORTS = [
    ("hand", "Nothing: runs are begun by hand"),
    ("drafts", "Put together as drafts"),
    ("issue", "Issued at once"),
]


class Migration(migrations.Migration):
    dependencies = [("workspace", "0013_refund_limit")]

    operations = [
        migrations.AddField(
            model_name="companysettings",
            name="invoicing",
            field=models.CharField(
                choices=SORTS, db_default="hand", default="hand", max_length=6, verbose_name="invoicing"
            ),
        ),
        AddConstraintNotValid(
            model_name="companysettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("invoicing__in", ["hand", "drafts", "issue"])), name="workspace_invoicing"
            ),
        ),
    ]
