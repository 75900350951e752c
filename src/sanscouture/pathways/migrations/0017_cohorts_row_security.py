from django.db import migrations

from sanscouture.access.rls import RowSecurity, SameProgramme


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0016_cohorts_and_sessions"),
        ("people", "0002_row_security"),
        ("meetings", "0002_row_security"),
    ]
    lock_reason = "its tables are new, and the index on people that it asks for is there since people were tied"
    operations = [
        RowSecurity("Cohort", "programme"),
        RowSecurity("CohortPartner", "programme"),
        RowSecurity("Session", "programme"),
        RowSecurity("Admission", "named"),
        RowSecurity("Attendance", "named"),
        SameProgramme("CohortPartner", "cohort"),
        SameProgramme("Session", "cohort"),
        SameProgramme("Admission", "cohort", "beneficiary", "meeting"),
        SameProgramme("Attendance", "session", "beneficiary"),
    ]
