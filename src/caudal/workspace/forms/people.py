"""Forms about people: who works here, how far they see, and what is shared with them."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.core.ids import Ref
from caudal.kit.access import Actor
from caudal.workspace.models import Member, Role, Span, Team
from caudal.workspace.queries import active_members, holders_for, places_of, teams_by_name

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MemberForm(forms.Form):
    """Somebody of the team, new or known."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The invitation is for this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role.choices,
        initial=Role.REP,
        help_text=_("What somebody may do. Auditors only read."),
    )
    team = forms.ChoiceField(label=_("Team"), required=False)
    span = forms.ChoiceField(
        label=_("Sees"),
        required=False,
        choices=[("", _("As far as the role")), *Span.choices],
        help_text=_("Chosen here, it holds for leads, deals, companies and people; what may be changed never grows."),
    )
    last_date = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("After it nothing opens. Auditors need one; for everybody else it may stay empty."),
        widget=DAY,
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, member: Member | None = None, **kwargs: Any) -> None:
        self.zone = ZoneInfo(actor.zone)
        self.member = member
        if member is not None:
            kwargs["initial"] = {
                **{name: getattr(member, name) for name in ("name", "email", "role", "span", "version")},
                "team": str(member.team.ref) if member.team else "",
                "last_date": last_day(member.access_ends_at, self.zone),
            }
        super().__init__(*args, **kwargs)
        self.teams = {str(each.ref): each for each in Team.for_actor(actor).order_by("name", "pk")}
        team = self.fields["team"]
        if isinstance(team, forms.ChoiceField):
            team.choices = [("", "—"), *((ref, each.name) for ref, each in self.teams.items())]
        if member is not None:
            self.fields["email"].required = False
            self.fields["email"].help_text = ""

    def clean_email(self) -> str | None:
        """Refuse an address that somebody else of the team has."""
        email: str = self.cleaned_data["email"]
        others = Member.objects.filter(email__iexact=email, deleted_at=None)
        others = others.exclude(pk=self.member.pk) if self.member else others
        if email and others.exists():
            raise forms.ValidationError(_("Somebody of the team has this address already."))
        return email or None

    @override
    def clean(self) -> dict[str, Any]:
        """Refuse an auditor without a last day, and an administrator who would not see everything."""
        said = self.cleaned_data
        if said.get("role") == Role.AUDITOR and not said.get("last_date") and "last_date" not in self.errors:
            self.add_error("last_date", _("Auditors come for a time: say until when."))
        if said.get("role") == Role.ADMIN and said.get("span"):
            self.add_error("span", _("Administrators see everything."))
        return said

    def values(self) -> dict[str, Any]:
        """Return what was said, as actions take it."""
        said = {name: self.cleaned_data[name] for name in ("name", "email", "role", "span")}
        ends = after_day(self.cleaned_data["last_date"], self.zone)
        return said | {"team": self.teams.get(self.cleaned_data["team"]), "access_ends_at": ends}


class TeamForm(forms.Form):
    """A team, new or known."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    parent = forms.ChoiceField(
        label=_("Inside"), required=False, help_text=_("Whoever leads a team sees what the teams inside it do.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, team: Team | None = None, **kwargs: Any) -> None:
        self.team = team
        if team is not None:
            inside = str(team.parent.ref) if team.parent else ""
            kwargs["initial"] = {"name": team.name, "parent": inside, "version": team.version}
        super().__init__(*args, **kwargs)
        self.teams = {str(each.ref): each for each in places_of(actor, team)}
        parent = self.fields["parent"]
        if isinstance(parent, forms.ChoiceField):
            parent.choices = [("", _("No other team")), *((ref, each.name) for ref, each in self.teams.items())]

    def clean_name(self) -> str:
        """Refuse the name of another team."""
        name: str = self.cleaned_data["name"]
        known = teams_by_name().get(name)
        if known is not None and (self.team is None or known.pk != self.team.pk):
            raise forms.ValidationError(_("Another team is called so."))
        return name

    def values(self) -> dict[str, Any]:
        """Return what was said, as actions take it."""
        return {"name": self.cleaned_data["name"], "parent": self.teams.get(self.cleaned_data["parent"])}


class LeavingForm(forms.Form):
    """Who takes over what somebody worked on."""

    successor = forms.ChoiceField(
        label=_("Their open work goes to"),
        required=False,
        help_text=_("Companies, people, open leads, open deals and planned activities. What is closed stays theirs."),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        successor = self.fields["successor"]
        if isinstance(successor, forms.ChoiceField):
            others = [(str(Ref(Member.kind, pk)), name) for pk, name in active_members() if pk != member.pk]
            successor.choices = [("", _("Nobody yet")), *others]


class ShareForm(forms.Form):
    """With whom a record is shared, for what and until when."""

    holder = forms.ChoiceField(label=_("With"))
    may_change = forms.ChoiceField(
        label=_("To"), choices=[("", _("view it")), ("yes", _("view and change it"))], required=False
    )
    last_date = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Empty, until somebody takes the share back."), widget=DAY
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(actor.zone)
        holder = self.fields["holder"]
        if isinstance(holder, forms.ChoiceField):
            pairs = holders_for(actor)
            holder.choices = [
                (_("Members"), [pair for pair in pairs if pair[0].startswith(f"{Member.kind}_")]),
                (_("Teams"), [pair for pair in pairs if pair[0].startswith(f"{Team.kind}_")]),
            ]

    def values(self) -> dict[str, Any]:
        """Return what was said, as the action takes it."""
        return {
            "holder": Ref.parse(self.cleaned_data["holder"]),
            "may_change": self.cleaned_data["may_change"] == "yes",
            "ends_at": after_day(self.cleaned_data["last_date"], self.zone),
        }


def after_day(day: date | None, zone: ZoneInfo) -> datetime | None:
    """Return the instant at which a day is over, None for none."""
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def last_day(ends_at: datetime | None, zone: ZoneInfo) -> date | None:
    """Return the last day before an instant."""
    return None if ends_at is None else (ends_at.astimezone(zone) - timedelta(microseconds=1)).date()
