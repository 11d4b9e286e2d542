from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("kit", "0010_journal_index")]

    operations = [
        migrations.AddField("letterrow", "file_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
        migrations.AddField("letterrow", "file_type", models.CharField(blank=True, db_default="", default="", max_length=100)),
        migrations.AddField("letterrow", "file_content", models.BinaryField(db_default=b"", default=bytes)),
    ]
