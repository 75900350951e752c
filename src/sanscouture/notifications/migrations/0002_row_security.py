from django.db import migrations

from sanscouture.access.rls import RowSecurity


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("access", "0001_scope_functions")]

    operations = [RowSecurity("Notice", "own"), RowSecurity("OutgoingMessage", "message")]
