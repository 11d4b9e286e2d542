"""Counts what the plan is compared with, as the worker does every few minutes; run by `bench.scale`."""

from bench.setting_up import attached  # isort: split

from caudal.kit.world import now
from caudal.plan.actions import count_standing


@attached()
def main() -> None:
    """Keep the numbers that take long."""
    print(count_standing(as_of=now()))


if __name__ == "__main__":
    main()
