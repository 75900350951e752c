from django.db import migrations

from sanscouture.access.rls import RowSecurity, SameProgramme

MODELS = (
    "Barrier",
    "Strength",
    "Need",
    "Pathway",
    "Referent",
    "Step",
    "Referral",
    "ReferralEvent",
    "Appointment",
    "AnswerLink",
    "Rupture",
)


class Migration(migrations.Migration):
    dependencies = [("pathways", "0001_initial"), ("people", "0002_row_security")]
    operations = [
        *(RowSecurity(model, "named") for model in MODELS),
        SameProgramme("Barrier", "beneficiary"),
        SameProgramme("Strength", "beneficiary"),
        SameProgramme("Need", "beneficiary", "barrier"),
        SameProgramme("Pathway", "beneficiary"),
        SameProgramme("Referent", "pathway"),
        SameProgramme("Referral", "beneficiary", "need", "parent"),
        SameProgramme("Step", "pathway", "referral"),
        SameProgramme("ReferralEvent", "referral"),
        SameProgramme("Appointment", "referral"),
        SameProgramme("AnswerLink", "referral"),
        SameProgramme("Rupture", "beneficiary", "referral", "pathway"),
    ]
