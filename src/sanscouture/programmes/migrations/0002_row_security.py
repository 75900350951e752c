from django.db import migrations

from sanscouture.access.rls import RowSecurity

# Named tables open only once the programme's agreement and impact assessment are signed (chapter 08): asked of the
# database itself, once per query.
GATE = """
CREATE OR REPLACE FUNCTION scope_named() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT array_agg(id) FROM public.programmes_programme
   WHERE id = ANY (NULLIF(current_setting('sanscouture.scope_named', true), '')::uuid[])
     AND agreement_signed_on IS NOT NULL AND impact_assessment_signed_on IS NOT NULL $$;
"""
UNGATE = """
CREATE OR REPLACE FUNCTION scope_named() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT NULLIF(current_setting('sanscouture.scope_named', true), '')::uuid[] $$;
"""


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_initial"), ("access", "0001_scope_functions")]
    operations = [
        migrations.RunSQL(GATE, UNGATE),
        RowSecurity("Perimeter", "open"),
        RowSecurity("TeamMember", "programme"),
        RowSecurity("CoPilot", "programme"),
        RowSecurity("Partnership", "programme"),
        RowSecurity("RoleGrant", "own"),
    ]
