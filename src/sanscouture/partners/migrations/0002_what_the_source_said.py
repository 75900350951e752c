from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0001_organisations'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='source_commune',
            field=models.CharField(blank=True, editable=False, max_length=5, verbose_name='code commune de la source'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='source_fingerprint',
            field=models.UUIDField(editable=False, null=True, verbose_name='empreinte de la ligne importée'),
        ),
    ]
