from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0010_sealed_contact_is_found"),
    ]

    operations = [
        AddConstraintNotValid(
            model_name="beneficiary",
            constraint=models.CheckConstraint(
                condition=models.Q(address__sealed=True, email__sealed=True, phone__sealed=True, qpv_provenance__sealed=True),
                name="person_contact_sealed",
                violation_error_message="Une coordonnée est chiffrée avant d’être gardée.",
            ),
        ),
    ]
