from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0006_features_know_case_and_column"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="outsideversion", name="outside_version_once"),
        migrations.AddConstraint(
            model_name="outsideversion",
            constraint=models.UniqueConstraint(
                fields=("model", "number", "created_ms"), name="outside_version_once"
            ),
        ),
    ]
