from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0011_contact_details_only_sealed"),
    ]

    operations = [
        ValidateConstraint(model_name="beneficiary", name="person_contact_sealed"),
    ]
