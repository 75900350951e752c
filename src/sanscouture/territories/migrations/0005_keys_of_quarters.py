from django.db import migrations, models

from sanscouture.territories.rules import search_key


def write_keys(apps, schema_editor):
    """Three thousand rows, read without their outlines."""
    quarters = apps.get_model("territories", "Qpv").objects.only("code", "name")
    found = list(quarters.order_by("code"))
    for one in found:
        one.name_key = search_key(one.name)
    quarters.bulk_update(found, ["name_key"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ("territories", "0004_outlines_of_2015"),
    ]

    operations = [
        migrations.AddField(
            model_name="qpv",
            name="name_key",
            field=models.CharField(default="", editable=False, max_length=200, verbose_name="clé de recherche"),
        ),
        migrations.RunPython(write_keys, migrations.RunPython.noop),
    ]
