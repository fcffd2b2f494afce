"""From here on the database refuses to change the log (ledger.triggers)."""

from django.db import migrations

from mlops_portal.foundation.ledger.triggers import migrate_backwards, migrate_forwards


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_log")]

    operations = [migrations.RunPython(migrate_forwards, migrate_backwards)]
