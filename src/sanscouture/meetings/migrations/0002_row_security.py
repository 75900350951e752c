from django.db import migrations

from sanscouture.access.rls import RowSecurity, SameProgramme


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_initial")]
    operations = [
        *(RowSecurity(model, "programme") for model in ("Body", "Meeting", "Attendee", "Decision")),
        SameProgramme("Meeting", "body"),
        SameProgramme("Attendee", "meeting"),
        SameProgramme("Decision", "meeting"),
    ]
