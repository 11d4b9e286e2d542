"""Makes a key and a sign-in link of the first administrator, or of the first member of a role; run by the harness."""

import json
import sys

from bench.setting_up import attached  # isort: split

from django.urls import reverse

from caudal.kit.access import SYSTEM
from caudal.kit.world import now
from caudal.workspace.actions import add_member, issue_key, issue_link
from caudal.workspace.models import Member, Role

SCOPES = tuple(f"{context}:{word}" for context in ("workspace", "catalog", "crm") for word in ("read", "write"))


@attached()
def main() -> None:
    """Print `{"token": …, "link": …}`."""
    as_of, role = now(), Role(sys.argv[1]) if sys.argv[1:] else Role.ADMIN
    member = Member.objects.filter(role=role, deactivated_at=None, deleted_at=None).order_by("pk").first()
    if member is None:
        member = add_member(actor=SYSTEM, as_of=as_of, name="Ana", email="ana@example.com", role=role)
    _, token = issue_key(actor=SYSTEM, as_of=as_of, name="Measuring", role=role, scopes=SCOPES)
    link = issue_link(actor=SYSTEM, as_of=as_of, member=member, purpose="sign_in")
    print(json.dumps({"token": token, "link": reverse("workspace:come_in", args=[link])}))


if __name__ == "__main__":
    main()
