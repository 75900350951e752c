from django.db import migrations

GUARD = """
CREATE TRIGGER person_is_not_merged BEFORE INSERT OR UPDATE OF beneficiary_id ON {table}
    FOR EACH ROW EXECUTE FUNCTION person_is_not_merged();
"""
UNGUARD = "DROP TRIGGER person_is_not_merged ON {table};"
TABLES = (
    "pathways_admission",
    "pathways_attendance",
    "pathways_barrier",
    "pathways_episode",
    "pathways_need",
    "pathways_note",
    "pathways_pathway",
    "pathways_progress",
    "pathways_referral",
    "pathways_rupture",
    "pathways_strength",
)


class Migration(migrations.Migration):
    lock_reason = "a trigger is a row of the catalogue: nothing is read nor rewritten"

    dependencies = [
        ("pathways", "0020_notes_only_sealed"),
        ("people", "0015_nothing_lands_on_a_merged_record"),
    ]

    operations = [migrations.RunSQL(GUARD.format(table=one), UNGUARD.format(table=one)) for one in TABLES]
