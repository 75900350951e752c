from django.db import migrations

from sanscouture.access.rls import RowSecurity, SameProgramme


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("programmes", "0002_row_security")]
    operations = [
        RowSecurity("Beneficiary", "named"),
        RowSecurity("Involvement", "named"),
        RowSecurity("Basis", "named"),
        RowSecurity("AttachmentRequest", "named"),
        SameProgramme("Involvement", "beneficiary"),
        SameProgramme("Basis", "beneficiary"),
        SameProgramme("AttachmentRequest", "beneficiary"),
    ]
