import django.db.models.deletion
import sanscouture.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0003_communes_count_as_offer'),
        ('partners', '0002_what_the_source_said'),
    ]

    operations = [
        migrations.AddField(
            model_name='service',
            name='at_carrier',
            field=models.BooleanField(default=False, editable=False, verbose_name='à l’adresse de la structure'),
        ),
        migrations.AddField(
            model_name='service',
            name='source_commune',
            field=models.CharField(blank=True, editable=False, max_length=5, verbose_name='code commune de la source'),
        ),
        migrations.AddField(
            model_name='service',
            name='source_fingerprint',
            field=models.UUIDField(editable=False, null=True, verbose_name='empreinte de la ligne importée'),
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.UUIDField(default=sanscouture.core.ids.uuid7, editable=False, primary_key=True, serialize=False, verbose_name='identifiant')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
                ('field', models.CharField(max_length=40, verbose_name='champ')),
                ('source_value', models.JSONField(null=True, verbose_name='ce que dit la source')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='partners.organisation', verbose_name='structure')),
                ('service', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='directory.service', verbose_name='service')),
            ],
            options={
                'verbose_name': 'correction',
                'verbose_name_plural': 'corrections',
                'ordering': ('field', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('service__isnull', True), ('organisation__isnull', True), _connector='XOR'), name='correction_of_one_sheet', violation_error_message='Une correction porte sur un service ou sur une structure.'), models.UniqueConstraint(fields=('service', 'field'), name='correction_once_a_service', violation_error_message='Ce champ vient d’être corrigé par quelqu’un d’autre\xa0: relisez la fiche.'), models.UniqueConstraint(fields=('organisation', 'field'), name='correction_once_an_organisation', violation_error_message='Ce champ vient d’être corrigé par quelqu’un d’autre\xa0: relisez la fiche.')],
            },
        ),
    ]
