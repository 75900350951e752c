from django.db import migrations

from sanscouture.access.rls import RowSecurity


class Migration(migrations.Migration):
    dependencies = [("programmes", "0003_invited_roles")]
    operations = [RowSecurity("InvitedRole", "programme")]
