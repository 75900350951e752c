from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION person_is_not_merged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    into_id uuid;
BEGIN
    -- The lock waits for a merge that is being written; the row is then read as the merge left it.
    SELECT merged_into_id INTO into_id FROM people_beneficiary WHERE id = NEW.beneficiary_id FOR KEY SHARE;
    IF into_id IS NOT NULL THEN
        RAISE EXCEPTION 'Cette fiche est fusionnée avec une autre.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'person_is_not_merged';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION merged_person_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Cette fiche est fusionnée avec une autre.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'person_is_not_merged';
END $$;
CREATE TRIGGER merged_person_stays BEFORE UPDATE ON people_beneficiary FOR EACH ROW
    WHEN (OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION merged_person_stays();
"""
NO_FUNCTIONS = """
DROP TRIGGER merged_person_stays ON people_beneficiary;
DROP FUNCTION merged_person_stays();
DROP FUNCTION person_is_not_merged();
"""
GUARD = """
CREATE TRIGGER person_is_not_merged BEFORE INSERT OR UPDATE OF beneficiary_id ON {table}
    FOR EACH ROW EXECUTE FUNCTION person_is_not_merged();
"""
UNGUARD = "DROP TRIGGER person_is_not_merged ON {table};"
TABLES = (
    "people_attachmentrequest",
    "people_basis",
    "people_factchange",
    "people_formerqpvanswer",
    "people_involvement",
    "people_publicmark",
    "people_restriction",
    "people_safecontact",
)


class Migration(migrations.Migration):
    lock_reason = "a trigger is a row of the catalogue: nothing is read nor rewritten"

    dependencies = [("people", "0014_merged_records_index")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        *(migrations.RunSQL(GUARD.format(table=one), UNGUARD.format(table=one)) for one in TABLES),
    ]
