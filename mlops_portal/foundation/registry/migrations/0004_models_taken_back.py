from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_categories_order_and_templates")]
    operations = [
        migrations.AddField(
            model_name="registeredmodel", name="retired_at", field=models.DateTimeField(null=True)
        ),
    ]
