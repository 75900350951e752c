from django.db import migrations

from sanscouture.access.resealing import reseal


def seal(apps, schema_editor):
    """By batches, each its own transaction; run again, it goes on."""
    programmes = apps.get_model("programmes", "Programme").objects.order_by("pk")
    reseal(apps.get_model("people", "Beneficiary"), programmes.values_list("pk", flat=True))


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("people", "0008_contact_details_fit_sealed"),
    ]

    operations = [
        migrations.RunPython(seal),
    ]
