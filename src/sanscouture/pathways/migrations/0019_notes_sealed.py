from django.db import migrations

import sanscouture.core.fields
from sanscouture.access.resealing import reseal


def seal(apps, schema_editor):
    """By batches, each its own transaction; run again, it goes on."""
    programmes = apps.get_model("programmes", "Programme").objects.order_by("pk")
    reseal(apps.get_model("pathways", "Note"), programmes.values_list("pk", flat=True))


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("pathways", "0018_rules_of_groups"),
    ]

    operations = [
        migrations.AlterField(
            model_name="note",
            name="text",
            field=sanscouture.core.fields.EncryptedTextField(max_length=2000, verbose_name="note"),
        ),
        migrations.RunPython(seal),
    ]
