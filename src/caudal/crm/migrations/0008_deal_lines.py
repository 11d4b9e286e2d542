import caudal.kit.world
import django.db.models.constraints
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('crm', '0007_what_follows'),
    ]

    operations = [
        migrations.CreateModel(
            name='DealLine',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('deal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='crm.deal')),
                ('position', models.PositiveIntegerField()),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product', verbose_name='product')),
                ('description', models.CharField(max_length=300, verbose_name='description')),
                ('quantity', models.DecimalField(decimal_places=6, max_digits=18, verbose_name='quantity')),
                ('unit_price', models.DecimalField(decimal_places=12, max_digits=24, verbose_name='unit price')),
                ('discount_percent', models.DecimalField(decimal_places=4, max_digits=7, verbose_name='discount (per cent)')),
                ('currency', models.CharField(max_length=3)),
                ('amount_minor', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('deal', 'position'), name='crm_line_place'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='crm_line_quantity'), models.CheckConstraint(condition=models.Q(('unit_price__gte', 0)), name='crm_line_price'), models.CheckConstraint(condition=models.Q(('discount_percent__gte', 0), ('discount_percent__lte', 100)), name='crm_line_discount')],
            },
        ),
    ]
