from django.db import migrations

from sanscouture.access.rls import RowSecurity


class Migration(migrations.Migration):
    dependencies = [("pathways", "0011_rupture_rules")]
    operations = [RowSecurity("RuptureSetting", "programme")]
