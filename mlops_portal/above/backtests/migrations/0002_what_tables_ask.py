from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("backtests", "0001_tables_and_tests")]

    operations = [
        migrations.AddField("pasttable", "guesses", models.JSONField(default=list)),
        migrations.AddField("pasttable", "answers", models.JSONField(default=dict)),
        migrations.AlterField(
            "pasttable",
            "state",
            models.CharField(
                choices=[
                    ("reading", "Being read"),
                    ("asking", "Waits for answers"),
                    ("ready", "Ready"),
                    ("unreadable", "Cannot be read"),
                ],
                default="reading",
                max_length=10,
            ),
        ),
    ]
