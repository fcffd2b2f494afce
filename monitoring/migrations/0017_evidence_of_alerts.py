from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0016_borderline_golden_samples")]

    operations = [
        migrations.AddField(model_name="alert", name="evidence", field=models.JSONField(default=dict)),
    ]
