from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_invitation_programme")]

    operations = [
        migrations.RenameField("Invitation", "programme_id", "context_id"),
        migrations.AlterField(
            "Invitation", "context_id", models.UUIDField(blank=True, editable=False, null=True, verbose_name="contexte")
        ),
    ]
