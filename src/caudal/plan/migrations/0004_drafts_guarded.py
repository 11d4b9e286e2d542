"""What was approved stays as it is, and what was proposed is decided as it was proposed: the tables refuse."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION plan_draft_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a draft begins as a draft, not %', NEW.state USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'approved' THEN
        RAISE EXCEPTION 'draft % was approved: % refused', OLD.id, TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF OLD.state = 'proposed' AND NEW.state <> 'draft' AND
        (NEW.text, NEW.sha256, NEW.purpose, NEW.name, NEW.note, NEW.version_name, NEW.starts_on, NEW.round, NEW.proposed_by)
        IS DISTINCT FROM
        (OLD.text, OLD.sha256, OLD.purpose, OLD.name, OLD.note, OLD.version_name, OLD.starts_on, OLD.round, OLD.proposed_by)
    THEN
        RAISE EXCEPTION 'draft % was proposed: its content does not change', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'approved' AND (
        OLD.state <> 'proposed' OR 2 > (
            SELECT count(DISTINCT decided_by) FROM plan_draftdecision
            WHERE draft_id = NEW.id AND round = NEW.round AND granted AND decided_by <> NEW.proposed_by
        )
    ) THEN
        RAISE EXCEPTION 'draft % was not approved by two', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER plan_draft_guarded BEFORE INSERT OR UPDATE OR DELETE ON plan_plandraft
    FOR EACH ROW EXECUTE FUNCTION plan_draft_guard();
CREATE TRIGGER plan_decision_append_only BEFORE UPDATE OR DELETE ON plan_draftdecision
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
"""
ALLOW = """
DROP TRIGGER plan_decision_append_only ON plan_draftdecision;
DROP TRIGGER plan_draft_guarded ON plan_plandraft;
DROP FUNCTION plan_draft_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("plan", "0003_drafts"), ("kit", "0002_append_only")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
