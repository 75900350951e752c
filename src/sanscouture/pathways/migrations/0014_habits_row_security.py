from django.db import migrations

from sanscouture.access.rls import RowSecurity


class Migration(migrations.Migration):
    dependencies = [("pathways", "0013_shared_needs_and_habits")]
    operations = [RowSecurity("ReferralHabits", "programme")]
