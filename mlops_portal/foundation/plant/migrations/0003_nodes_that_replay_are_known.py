from django.db import migrations


def mark(apps, _schema):
    apps.get_model("plant", "Node").objects.filter(slug__startswith="replay-").update(replays=True)


class Migration(migrations.Migration):
    dependencies = [("plant", "0002_nodes_that_served_a_machine_or_replay")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
