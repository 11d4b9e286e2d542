"""Simulations that take longer than a page: long work that is watched, left and found again."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils.translation import gettext
from procrastinate.contrib.django import app

from caudal.core.errors import Problem
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.plan.queries import adopted_plan, changes_of, futures_of, plan_to_play, refuse_too_many, tree_of
from caudal.workspace.actions import asker_of, finish_operation, progress_operation, start_operation, take_operation
from caudal.workspace.queries import operation_by_id

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

SIMULATION: Final = "plan.simulation"
TASK: Final = "caudal.plan.tasks.simulate_plan"


@action
def start_simulation(
    *, actor: Actor, as_of: datetime, runs: int, months: int | None, seed: int, sets: Sequence[str], scenario: str = ""
) -> "Operation":
    """Let a worker play the plan that counts, or a scenario. Raises NoPlan, TooManyRuns, what is wrong with changes."""
    version, _plan = adopted_plan(actor)
    plan = plan_to_play(actor, version.pk, scenario)
    months = plan.months if months is None else months
    refuse_too_many(runs, months, seed)
    changes_of(tree_of(plan), sets)
    operation = start_operation(
        actor=actor,
        as_of=as_of,
        name=SIMULATION,
        title=plan.name.en,
        params={"version": str(version.pk), "runs": runs, "months": months, "seed": seed, "set": list(sets)}
        | ({"scenario": scenario} if scenario else {}),
        total=months,
        granted_by=("plan", Verb.VIEW),
    )
    app.configure_task(TASK, queue="plan").defer(operation=str(operation.pk))
    return operation


def carry_out_simulation(operation_id: UUID, *, clock: Callable[[], datetime]) -> None:
    """Play what was asked for, month by month; one that has ended stays as it is.

    A worker that died leaves nothing behind: the same seed gives the same futures to the next one.
    """
    operation = operation_by_id(operation_id)
    if operation is None or operation.finished_at is not None:
        return
    actor = asker_of(operation=operation, as_of=clock())
    if actor is None:
        return
    taken = take_operation(operation=operation, as_of=clock(), worker_is_gone=True)
    asked, error, result = taken.params, "", {}

    def on_month(month: int) -> bool:
        return progress_operation(operation=taken, as_of=clock(), done=month, cursor={})

    try:
        tree = tree_of(plan_to_play(actor, UUID(asked["version"]), asked.get("scenario", "")))
        found = futures_of(
            tree,
            runs=asked["runs"],
            months=asked["months"],
            seed=asked["seed"],
            changed=changes_of(tree, asked["set"]),
            on_month=on_month,
        )
        result = found.to_json()
    except Problem as problem:
        error = problem.told(gettext)
    finish_operation(actor=actor, operation=taken, as_of=clock(), result=result, error=error)
