from django.db import migrations

CHECK = """
CREATE FUNCTION pathway_has_one_referent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked uuid;
    programme uuid;
    scope_before text := current_setting('sanscouture.scope_named', true);
    is_live boolean;
    referents integer;
BEGIN
    IF TG_TABLE_NAME = 'pathways_pathway' THEN
        checked := NEW.id;
        programme := NEW.programme_id;
    ELSIF TG_OP = 'DELETE' THEN
        checked := OLD.pathway_id;
        programme := OLD.programme_id;
    ELSE
        checked := NEW.pathway_id;
        programme := NEW.programme_id;
    END IF;
    -- At the end of the transaction its scope may have been narrowed: look with the scope of this very row.
    PERFORM set_config('sanscouture.scope_named', '{' || programme || '}', true);
    SELECT closed_on IS NULL INTO is_live FROM pathways_pathway WHERE id = checked;
    SELECT count(*) INTO referents FROM pathways_referent WHERE pathway_id = checked AND until IS NULL;
    PERFORM set_config('sanscouture.scope_named', COALESCE(scope_before, ''), true);
    IF is_live AND referents <> 1 THEN
        RAISE EXCEPTION 'Un parcours ouvert a exactement un référent.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pathway_has_one_referent';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pathway_has_one_referent
    AFTER INSERT OR UPDATE OF closed_on ON pathways_pathway
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pathway_has_one_referent();
CREATE CONSTRAINT TRIGGER pathway_has_one_referent
    AFTER INSERT OR DELETE OR UPDATE OF until ON pathways_referent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pathway_has_one_referent();
"""

UNCHECK = """
DROP TRIGGER pathway_has_one_referent ON pathways_referent;
DROP TRIGGER pathway_has_one_referent ON pathways_pathway;
DROP FUNCTION pathway_has_one_referent();
"""


class Migration(migrations.Migration):
    dependencies = [("pathways", "0002_row_security")]
    operations = [migrations.RunSQL(CHECK, UNCHECK)]
