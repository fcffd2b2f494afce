from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0015_what_pieces_count")]

    operations = [
        migrations.AddField(model_name="alert", name="evidence", field=models.JSONField(default=dict)),
    ]
