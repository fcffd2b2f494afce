from django.db import migrations
from django.utils import timezone

CHUNK = 2000


def fill(apps, schema_editor):
    """One result for each truth that was known: nobody kept the earlier ones."""
    judged = apps.get_model("monitoring", "Prediction")
    result = apps.get_model("monitoring", "Inspection")
    now = timezone.now()
    known = judged.objects.exclude(truth="").filter(truth_at__isnull=False, inspections=None)
    rows = known.values_list("pk", "truth", "truth_source", "truth_at").iterator(chunk_size=CHUNK)
    waiting = []
    for pk, truth, source, at in rows:
        waiting.append(
            result(prediction_id=pk, truth=truth, source=source, at=at, arrived_at=at, charted_at=now)
        )
        if len(waiting) == CHUNK:
            result.objects.bulk_create(waiting)
            waiting = []
    result.objects.bulk_create(waiting)


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0010_golden_parts_and_inspections")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
