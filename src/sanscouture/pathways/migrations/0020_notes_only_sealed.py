from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("pathways", "0019_notes_sealed"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(text__sealed=True),
                name="note_sealed",
                violation_error_message="Une note est chiffrée avant d’être gardée.",
            ),
        ),
    ]
