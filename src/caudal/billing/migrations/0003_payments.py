"""Payments and what they settle. What is open of documents and payments is kept here, whoever writes, and at once.

A row of `billing_settlement` lowers what is open of both of its sides; the checks that nothing is below zero refuse
what is too much, whatever happens at once.
"""

import caudal.kit.world
import django.db.models.deletion
from django.db import migrations, models


PAYMENT_FIXED = """customer_id, entity_id, day, method, reference, note, currency, amount_minor, deleted_at"""
OPEN = """
CREATE FUNCTION billing_open_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'what is open follows from the settlements'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'billing_open_is_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_invoice_open_is_kept BEFORE UPDATE OF open_minor ON billing_invoice
    FOR EACH ROW WHEN (
        OLD.state <> 'draft' AND OLD.open_minor <> NEW.open_minor
        AND NOT (NEW.state = 'void' AND OLD.open_minor = OLD.gross_minor)
    ) EXECUTE FUNCTION billing_open_is_kept();
CREATE TRIGGER billing_payment_open_is_kept BEFORE UPDATE OF open_minor ON billing_payment
    FOR EACH ROW WHEN (OLD.open_minor <> NEW.open_minor) EXECUTE FUNCTION billing_open_is_kept();
CREATE TRIGGER billing_payment_begins_open BEFORE INSERT ON billing_payment
    FOR EACH ROW WHEN (NEW.open_minor <> NEW.amount_minor) EXECUTE FUNCTION kit_refuse_change();
CREATE TRIGGER billing_payment_stays BEFORE DELETE ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
"""
PAYMENT = f"""
CREATE TRIGGER billing_payment_fixed BEFORE UPDATE OF {PAYMENT_FIXED} ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
"""
SETTLE = """
CREATE FUNCTION billing_settle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    undone billing_settlement;
    books uuid;
BEGIN
    IF NEW.undoes_id IS NOT NULL THEN
        SELECT * INTO undone FROM billing_settlement AS s WHERE s.id = NEW.undoes_id;
        IF undone.undoes_id IS NOT NULL OR (
            undone.sort, undone.payment_id, undone.credit_note_id, undone.invoice_id, -undone.minor
        ) IS DISTINCT FROM (NEW.sort, NEW.payment_id, NEW.credit_note_id, NEW.invoice_id, NEW.minor) THEN
            RAISE EXCEPTION 'settlement % does not undo what it names', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_settlement_undoes';
        END IF;
    END IF;
    IF NEW.payment_id IS NOT NULL THEN
        UPDATE billing_payment AS p SET open_minor = p.open_minor - NEW.minor
        WHERE p.id = NEW.payment_id AND p.customer_id = NEW.customer_id AND p.currency = NEW.currency
            AND p.taken_back_at IS NULL
        RETURNING p.entity_id INTO books;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'settlement % does not fit its payment', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_settlement_payment';
        END IF;
    END IF;
    IF NEW.credit_note_id IS NOT NULL THEN
        UPDATE billing_invoice AS i SET open_minor = i.open_minor - NEW.minor
        WHERE i.id = NEW.credit_note_id AND i.customer_id = NEW.customer_id AND i.currency = NEW.currency
            AND i.sort = 'credit_note' AND i.state = 'final'
        RETURNING i.entity_id INTO books;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'settlement % does not fit its credit note', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_settlement_credit_note';
        END IF;
    END IF;
    IF NEW.invoice_id IS NOT NULL THEN
        UPDATE billing_invoice AS i SET open_minor = i.open_minor - NEW.minor
        WHERE i.id = NEW.invoice_id AND i.customer_id = NEW.customer_id AND i.currency = NEW.currency
            AND i.sort = 'invoice' AND i.state = 'final' AND i.entity_id = coalesce(books, i.entity_id);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'settlement % does not fit its invoice', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_settlement_invoice';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER billing_settle AFTER INSERT ON billing_settlement
    FOR EACH ROW EXECUTE FUNCTION billing_settle();
CREATE TRIGGER billing_settlement_append_only BEFORE UPDATE OR DELETE ON billing_settlement
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
CREATE TRIGGER billing_settlement_not_emptied BEFORE TRUNCATE ON billing_settlement
    FOR EACH STATEMENT EXECUTE FUNCTION kit_refuse_change();
"""
CREDIT = """
CREATE FUNCTION billing_credit_within() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT DISTINCT a.corrects_id FROM added AS a WHERE a.source IS NULL AND a.corrects_id IS NOT NULL
        ) AS credited
        JOIN billing_invoiceline AS l ON l.id = credited.corrects_id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(c.net_minor), 0) AS net_minor FROM billing_invoiceline AS c
            JOIN billing_invoice AS i ON i.id = c.invoice_id AND i.sort = 'credit_note' AND i.state <> 'void'
            WHERE c.corrects_id = l.id AND c.source IS NULL
        ) AS given
        WHERE abs(given.net_minor) > abs(l.net_minor) OR given.net_minor * sign(l.net_minor) < 0
    ) THEN
        RAISE EXCEPTION 'more is credited of a line than it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_credit_within';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER billing_credit_within AFTER INSERT ON billing_invoiceline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION billing_credit_within();
"""
FORGET = """
DROP TRIGGER billing_credit_within ON billing_invoiceline;
DROP FUNCTION billing_credit_within();
DROP TRIGGER billing_settle ON billing_settlement;
DROP FUNCTION billing_settle();
DROP TRIGGER billing_invoice_open_is_kept ON billing_invoice;
DROP TRIGGER billing_payment_open_is_kept ON billing_payment;
DROP FUNCTION billing_open_is_kept();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0002_guards'),
        ('workspace', '0011_default_entity'),
    ]

    operations = [
        migrations.CreateModel(
            name='Payment',
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
                ('day', models.DateField(verbose_name='day')),
                ('method', models.CharField(choices=[('transfer', 'Bank transfer'), ('direct_debit', 'Direct debit'), ('card', 'Card'), ('cash', 'Cash'), ('cheque', 'Cheque'), ('other', 'Other')], max_length=12, verbose_name='how')),
                ('reference', models.CharField(blank=True, max_length=80, verbose_name="the bank's reference")),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('currency', models.CharField(max_length=3)),
                ('amount_minor', models.BigIntegerField()),
                ('open_minor', models.BigIntegerField()),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('taken_back_why', models.CharField(blank=True, max_length=300)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='billing.customer')),
                ('entity', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workspace.legalentity')),
            ],
        ),
        migrations.CreateModel(
            name='MoneyRequest',
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
                ('sort', models.CharField(choices=[('refund', 'Refund'), ('credit_note', 'Credit note'), ('write_off', 'Write-off')], max_length=11)),
                ('name', models.CharField(max_length=300)),
                ('currency', models.CharField(max_length=3)),
                ('minor', models.BigIntegerField()),
                ('day', models.DateField()),
                ('reason', models.CharField(max_length=300)),
                ('said', models.JSONField(default=dict)),
                ('outcome', models.CharField(blank=True, choices=[('done', 'Done'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('failed', 'Could not be done')], max_length=9)),
                ('closed_at', models.DateTimeField(null=True)),
                ('made', models.CharField(blank=True, max_length=64)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.customer')),
                ('invoice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.invoice')),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.payment')),
            ],
        ),
        migrations.CreateModel(
            name='Settlement',
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
                ('sort', models.CharField(choices=[('allocation', 'Paid'), ('credit', 'Credited'), ('write_off', 'Written off'), ('refund', 'Refunded'), ('taken_back', 'Taken back')], max_length=10)),
                ('currency', models.CharField(max_length=3)),
                ('minor', models.BigIntegerField()),
                ('day', models.DateField()),
                ('method', models.CharField(blank=True, max_length=12)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('credit_note', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='billing.invoice')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.customer')),
                ('invoice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='billing.invoice')),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='billing.payment')),
                ('undoes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='billing.settlement')),
            ],
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['-day', '-id'], name='billing_payment_by_day'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['customer', '-day', '-id'], name='billing_payment_of'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('open_minor__gt', 0)), fields=['customer'], name='billing_payment_unused'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('reference', ''), _negated=True), ('taken_back_at', None)), fields=('method', 'reference'), name='billing_payment_reference', violation_error_message='A payment with this reference is recorded already.'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='billing_payment_currency'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='billing_payment_positive'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('open_minor__gte', 0), ('open_minor__lte', models.F('amount_minor'))), name='billing_payment_open', violation_error_message='It is more than what is open of the payment.'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('taken_back_at', None), ('open_minor', 0), _connector='OR'), name='billing_payment_back_whole'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['transfer', 'direct_debit', 'card', 'cash', 'cheque', 'other'])), name='billing_payment_method'),
        ),
        migrations.AddIndex(
            model_name='moneyrequest',
            index=models.Index(condition=models.Q(('outcome', '')), fields=['-created_at', '-id'], name='billing_request_waiting'),
        ),
        migrations.AddConstraint(
            model_name='moneyrequest',
            constraint=models.CheckConstraint(condition=models.Q(('minor__gt', 0)), name='billing_request_positive'),
        ),
        migrations.AddConstraint(
            model_name='moneyrequest',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'done', 'refused', 'withdrawn', 'failed']), ('sort__in', ['refund', 'credit_note', 'write_off'])), name='billing_request_choices'),
        ),
        migrations.AddConstraint(
            model_name='moneyrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='billing_request_closed'),
        ),
        migrations.AddConstraint(
            model_name='moneyrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('invoice__isnull', False), ('payment', None)), models.Q(('invoice', None), ('payment__isnull', False)), _connector='OR'), name='billing_request_about_one'),
        ),
        migrations.AddIndex(
            model_name='settlement',
            index=models.Index(fields=['customer', 'day', 'id'], name='billing_settlement_of'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('credit_note', None), ('invoice__isnull', False), ('payment__isnull', False), ('sort', 'allocation')), models.Q(('credit_note__isnull', False), ('invoice__isnull', False), ('payment', None), ('sort', 'credit')), models.Q(('credit_note', None), ('invoice__isnull', False), ('payment', None), ('sort', 'write_off')), models.Q(('credit_note', None), ('invoice', None), ('payment__isnull', False), ('sort', 'refund')), models.Q(('credit_note__isnull', False), ('invoice', None), ('payment', None), ('sort', 'refund')), models.Q(('credit_note', None), ('invoice', None), ('payment__isnull', False), ('sort', 'taken_back')), _connector='OR'), name='billing_settlement_between'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('minor__gt', 0), ('undoes', None)), models.Q(('minor__lt', 0), ('undoes__isnull', False)), _connector='OR'), name='billing_settlement_sign'),
        ),
        migrations.RunSQL(OPEN + PAYMENT + SETTLE + CREDIT, FORGET),
    ]
