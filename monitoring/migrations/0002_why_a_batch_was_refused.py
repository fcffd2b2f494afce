from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_what_nodes_send_and_alerts")]

    operations = [
        migrations.AddField(
            model_name="telemetrybatch",
            name="problem",
            field=models.CharField(blank=True, max_length=240),
        ),
    ]
