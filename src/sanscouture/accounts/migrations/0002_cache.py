from django.db import migrations

CACHE = """
CREATE UNLOGGED TABLE accounts_cache (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamp with time zone NOT NULL
);
CREATE INDEX accounts_cache_expires ON accounts_cache (expires);
"""


class Migration(migrations.Migration):
    """Where throttling counts: shared by every process, lost without harm."""

    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(CACHE, "DROP TABLE accounts_cache")]
