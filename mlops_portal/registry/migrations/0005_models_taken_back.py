from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_versions_from_outside")]
    operations = [
        migrations.AddField(
            model_name="registeredmodel", name="retired_at", field=models.DateTimeField(null=True)
        ),
    ]
