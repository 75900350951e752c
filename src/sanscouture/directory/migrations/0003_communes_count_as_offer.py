from django.db import migrations

NOTE = (
    "CREATE TRIGGER offer_changed AFTER INSERT OR UPDATE OR DELETE ON territories_commune "
    "FOR EACH STATEMENT EXECUTE FUNCTION directory_note_offer_change();"
)
FORGET = "DROP TRIGGER offer_changed ON territories_commune;"


class Migration(migrations.Migration):
    """Whoever keeps the offer in memory keeps the places it is searched from as well."""

    dependencies = [
        ("directory", "0002_the_offer_in_memory"),
        ("territories", "__first__"),
    ]

    operations = [migrations.RunSQL(NOTE, FORGET)]
