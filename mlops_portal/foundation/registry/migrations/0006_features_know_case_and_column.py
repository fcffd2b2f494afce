from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0005_versions_from_outside"),
    ]

    operations = [
        migrations.AddField(
            model_name="feature",
            name="ignore_case",
            field=models.BooleanField(
                default=False, help_text="Words that differ by case alone are one category"
            ),
        ),
        migrations.AddField(
            model_name="feature",
            name="column",
            field=models.TextField(blank=True, default="", help_text="What the table of past parts calls it"),
        ),
    ]
