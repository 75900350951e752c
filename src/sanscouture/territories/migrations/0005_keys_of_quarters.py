from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("territories", "0004_outlines_of_2015"),
    ]

    operations = [
        migrations.AddField(
            model_name="qpv",
            name="name_key",
            field=models.CharField(default="", editable=False, max_length=200, verbose_name="clé de recherche"),
        ),
    ]
