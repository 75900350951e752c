from django.db import migrations

from sanscouture.access.rls import RowSecurity, SameProgramme


class Migration(migrations.Migration):
    dependencies = [("programmes", "0005_agreement")]
    operations = [
        RowSecurity("DataProtection", "programme"),
        RowSecurity("AgreementVersion", "programme"),
        RowSecurity("AgreementSignature", "programme"),
        SameProgramme("AgreementSignature", "version"),
    ]
