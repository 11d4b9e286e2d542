"""Writes of the plan."""

from collections.abc import Iterable
from datetime import date, datetime

from caudal.core.errors import Finding, Problem, Severity, msg
from caudal.core.plans import Plan, read_plan
from caudal.crm.actions import set_up_pipelines
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.plan.events import PlanAdopted
from caudal.plan.models import PlanVersion
from caudal.plan.queries import adopted_version, digest
from caudal.workspace.actions import set_pillars


class PlanRefused(Problem):
    """The file has mistakes: `findings` holds everything there is to say about it, `fields` the errors by place."""

    code = "plan.refused"
    status = 422
    message = msg("The plan was not adopted: its file has {count} mistakes.")
    hint = msg("Correct them and adopt it again.")

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        errors = [finding for finding in self.findings if finding.severity is Severity.ERROR]
        fields: dict[str, str] = {}
        for finding in errors:
            place = str(finding.place)
            fields[place] = " ".join(filter(None, (fields.get(place), finding.told())))
        super().__init__(fields, count=len(errors))


@action
def adopt_plan(
    *, actor: Actor, as_of: datetime, text: str | bytes, starts_on: date, version: str = "", file: str = "plan.toml"
) -> PlanVersion:
    """Make a plan file the plan that counts, from the month of `starts_on`, at the size of one of its versions.

    Its pillars become the company's lines of business, each with a default pipeline. What counts already changes
    nothing. Raises PlanRefused with every finding, and UnknownVersion.
    """
    require(actor, "plan", Verb.CREATE)
    data = text.encode() if isinstance(text, str) else text
    plan = _readable(data, file, version)
    first = starts_on.replace(day=1)
    current = adopted_version(actor)
    if current is not None and (current.sha256, current.version_name, current.starts_on) == (
        digest(data),
        version,
        first,
    ):
        return current
    adopted = PlanVersion.stamped(
        actor=actor,
        as_of=as_of,
        name=plan.name.en,
        text=data.decode(),
        sha256=digest(data),
        version_name=version,
        starts_on=first,
    )
    adopted.save(force_insert=True)
    pillars = [(pillar.id, pillar.label.en, pillar.label.es) for pillar in plan.pillars]
    set_up_pipelines(actor=actor, as_of=as_of, pillars=set_pillars(actor=actor, as_of=as_of, pillars=pillars))
    publish(
        PlanAdopted(
            subject=adopted.ref,
            plan=plan.id,
            sha256=adopted.sha256,
            version_name=version,
            starts_on=first.isoformat(),
            targets=len(plan.targets),
        ),
        actor=actor,
        occurred_at=as_of,
    )
    return adopted


def _readable(data: bytes, file: str, version: str) -> Plan:
    read = read_plan(data, file)
    if read.plan is None:
        raise PlanRefused(read.findings)
    return read.plan.in_version(version) if version else read.plan
