from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("people", "0009_contact_details_sealed"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="beneficiary",
            index=models.Index(condition=~models.Q(phone_key=""), fields=["programme", "phone_key"], name="person_programme_phone"),
        ),
        AddIndexConcurrently(
            model_name="beneficiary",
            index=models.Index(condition=~models.Q(email_key=""), fields=["programme", "email_key"], name="person_programme_email"),
        ),
    ]
