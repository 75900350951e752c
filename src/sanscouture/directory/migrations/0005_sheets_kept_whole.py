from django.db import migrations


class Migration(migrations.Migration):
    """A sheet of usual length is written as it is: to compress it costs more than its two thousand letters."""

    dependencies = [("directory", "0004_corrections")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE directory_service SET (toast_tuple_target = 4080)",
            "ALTER TABLE directory_service RESET (toast_tuple_target)",
        )
    ]
