from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION scope_programmes() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT NULLIF(current_setting('sanscouture.scope_programmes', true), '')::uuid[] $$;
CREATE FUNCTION scope_named() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT NULLIF(current_setting('sanscouture.scope_named', true), '')::uuid[] $$;
CREATE FUNCTION scope_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT NULLIF(current_setting('sanscouture.scope_user', true), '')::uuid $$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(
            FUNCTIONS,
            "DROP FUNCTION scope_programmes(); DROP FUNCTION scope_named(); DROP FUNCTION scope_user();",
        )
    ]
