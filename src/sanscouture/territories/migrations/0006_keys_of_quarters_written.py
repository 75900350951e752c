from django.db import migrations

from sanscouture.territories.rules import search_key


def write_keys(apps, schema_editor):
    """Three thousand rows, read without their outlines."""
    quarters = apps.get_model("territories", "Qpv").objects.only("code", "name")
    found = list(quarters.order_by("code"))
    for one in found:
        one.name_key = search_key(one.name)
    quarters.bulk_update(found, ["name_key"], batch_size=500)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("territories", "0005_keys_of_quarters"),
    ]

    operations = [
        migrations.RunPython(write_keys, migrations.RunPython.noop),
    ]
