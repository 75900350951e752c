from django.db import migrations, models

TABLES = ("directory_service", "partners_organisation")
NOTE = """
CREATE FUNCTION directory_note_offer_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO directory_offerchange (at) VALUES (now());
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER offer_changed AFTER INSERT OR UPDATE OR DELETE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION directory_note_offer_change();"
    for table in TABLES
)
FORGET = (
    "".join(f"DROP TRIGGER offer_changed ON {table};" for table in TABLES)
    + "DROP FUNCTION directory_note_offer_change();"
)


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0001_services"),
        ("partners", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfferChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="le")),
            ],
            options={
                "verbose_name": "changement de l’offre",
                "verbose_name_plural": "changements de l’offre",
                "ordering": ("id",),
            },
        ),
        migrations.RunSQL(NOTE, FORGET),
    ]
