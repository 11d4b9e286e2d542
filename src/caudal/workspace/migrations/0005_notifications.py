import caudal.kit.world
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workspace', '0004_response_hours'),
    ]

    operations = [
        migrations.CreateModel(
            name='DigestPlan',
            fields=[
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='digest_plan', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('rhythm', models.CharField(choices=[('daily', 'Every day'), ('weekly', 'Once a week'), ('never', 'Never')], default='daily', max_length=8)),
                ('hour', models.PositiveIntegerField(default=8)),
                ('weekday', models.PositiveIntegerField(default=0)),
                ('remind_minutes', models.PositiveIntegerField(default=15)),
                ('digested_on', models.DateField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('hour__lte', 23)), name='workspace_digest_hour'), models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='workspace_digest_weekday'), models.CheckConstraint(condition=models.Q(('remind_minutes__lte', 1440)), name='workspace_digest_reminder'), models.CheckConstraint(condition=models.Q(('rhythm__in', ['daily', 'weekly', 'never'])), name='workspace_digest_rhythm')],
            },
        ),
        migrations.CreateModel(
            name='Following',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('record_kind', models.CharField(max_length=40)),
                ('record', models.UUIDField()),
                ('hears', models.BooleanField()),
                ('since', models.DateTimeField()),
                ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='follows', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['member'], name='workspace_following_of')],
                'constraints': [models.UniqueConstraint(fields=('record_kind', 'record', 'member'), name='workspace_following_once')],
            },
        ),
        migrations.CreateModel(
            name='NoticeWay',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('sort', models.CharField(choices=[('mention', 'Somebody mentions you'), ('assigned', 'A record becomes yours'), ('task', 'Somebody gives you something to do'), ('reminder', 'Something of yours is due soon'), ('followed', 'Something happens to a record that you follow'), ('approval', 'A second person is asked, or has decided'), ('work', 'Long work of yours has ended')], max_length=10)),
                ('way', models.CharField(choices=[('mail', 'At once by mail'), ('digest', 'In the digest'), ('page', 'Under the bell only'), ('none', 'Not at all')], max_length=8)),
                ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notice_ways', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('member', 'sort'), name='workspace_notice_way_once'), models.CheckConstraint(condition=models.Q(('way__in', ['mail', 'digest', 'page', 'none'])), name='workspace_notice_way_known')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('custom', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(editable=False)),
                ('created_by', models.CharField(editable=False, max_length=64)),
                ('changed_at', models.DateTimeField(editable=False)),
                ('changed_by', models.CharField(editable=False, max_length=64)),
                ('deleted_at', models.DateTimeField(editable=False, null=True)),
                ('deleted_by', models.CharField(editable=False, max_length=64, null=True)),
                ('sort', models.CharField(choices=[('mention', 'Somebody mentions you'), ('assigned', 'A record becomes yours'), ('task', 'Somebody gives you something to do'), ('reminder', 'Something of yours is due soon'), ('followed', 'Something happens to a record that you follow'), ('approval', 'A second person is asked, or has decided'), ('work', 'Long work of yours has ended')], max_length=10)),
                ('key', models.CharField(max_length=200)),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject_id', models.UUIDField()),
                ('fact', models.UUIDField(null=True)),
                ('many', models.PositiveBigIntegerField(default=1)),
                ('actor', models.CharField(max_length=64)),
                ('happened_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('by_mail', models.BooleanField(default=False)),
                ('in_digest', models.BooleanField(default=False)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['member', '-happened_at', '-id'], name='workspace_notification_newest'), models.Index(condition=models.Q(('read_at', None)), fields=['member', '-happened_at'], name='workspace_notification_unread'), models.Index(condition=models.Q(('by_mail', True), ('mailed_at', None), ('read_at', None)), fields=['happened_at'], name='workspace_notification_to_mail')],
                'constraints': [models.UniqueConstraint(fields=('member', 'key'), name='workspace_notification_once'), models.CheckConstraint(condition=models.Q(('sort__in', ['mention', 'assigned', 'task', 'reminder', 'followed', 'approval', 'work'])), name='workspace_notification_sort')],
            },
        ),
    ]
