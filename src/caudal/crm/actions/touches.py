"""Channels, and the contacts with them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.crm.actions.checking import Reader
from caudal.crm.actions.telling import told
from caudal.crm.events import ChannelAdded, ChannelChanged, ChannelDeleted, TouchNoted
from caudal.crm.models import Channel, ChannelKind, Company, Lead, Person, Touch
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.names import name_key
from caudal.kit.outbox import publish, publish_many
from caudal.kit.records import NOT_DELETED, Record, first_values

BATCH: Final = 1000
UTM: Final = "utm_"
UTM_LENGTH: Final = 200
URL_LENGTH: Final = 2000
CAMPAIGN_LENGTH: Final = 200


class ChannelInUse(Problem):
    """Leads and touches name the channel."""

    code = "channel.in_use"
    status = 409
    message = msg("{count} touches came from the channel “{channel}”.")
    hint = msg("Rename it, or leave it: what came from it stays true.")


class ChannelValues(TypedDict, total=False):
    """What may change about a channel."""

    name: str
    sort: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchDraft:
    """A contact with a channel: of a lead, a person or a company, or of more than one of them."""

    channel: str
    touched_at: datetime
    lead_id: UUID | None = None
    person_id: UUID | None = None
    company_id: UUID | None = None
    campaign: str = ""
    source_url: str = ""


@action
def add_channel(*, actor: Actor, as_of: datetime, name: str, sort: str = ChannelKind.OTHER) -> Channel:
    """Add a channel. Raises NotAllowed, BadInput; the database refuses a name that another one has."""
    require(actor, "channel", Verb.CREATE)
    reader = Reader()
    tidy = reader.name(name)
    reader.choice(sort, ChannelKind.values, "sort")
    reader.fits(Channel, {"name": tidy})
    reader.finish()
    channel = Channel.stamped(actor=actor, as_of=as_of, name=tidy, name_key=name_key(tidy), sort=sort)
    channel.save(force_insert=True)
    publish(_added(channel), actor=actor, occurred_at=as_of)
    return channel


@action
def change_channel(
    *,
    actor: Actor,
    as_of: datetime,
    channel_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[ChannelValues],
) -> Channel:
    """Call or count a channel otherwise; leads that came from it bear its new name.

    Raises NotFound, BadInput, VersionConflict.
    """
    channel = Channel.one_for(actor, Verb.CHANGE, channel_id, lock=True)
    reader = Reader()
    checked: dict[str, Any] = dict(values)
    if "name" in values:
        checked["name"] = reader.name(values["name"])
        checked["name_key"] = name_key(checked["name"])
    if "sort" in values:
        reader.choice(values["sort"], ChannelKind.values, "sort")
    reader.fits(Channel, checked)
    reader.finish()
    before = channel.name
    changes = channel.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if "name" in changes:
        # A copy of the channel's name, like a key: the news is the channel's, not that of each lead.
        Lead.objects.filter(channel=before).update(channel=channel.name)
    if changes:
        publish(told(ChannelChanged, channel, changes), actor=actor, occurred_at=as_of)
    return channel


@action
def delete_channel(*, actor: Actor, as_of: datetime, channel_id: UUID, expected_version: int | None = None) -> None:
    """Take out a channel that nothing came from. Raises NotFound, ChannelInUse, VersionConflict."""
    channel = Channel.one_for(actor, Verb.DELETE, channel_id, lock=True)
    count = Touch.objects.filter(channel=channel).count()
    if count:
        raise ChannelInUse(channel=channel.name, count=count)
    channel.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    publish(told(ChannelDeleted, channel, {}), actor=actor, occurred_at=as_of)


@action
def note_touch(*, actor: Actor, as_of: datetime, touch: TouchDraft) -> Touch:
    """Write down that somebody met us on a channel. Raises NotFound, BadInput, NotAllowed."""
    reader = Reader()
    name = reader.name(touch.channel, "channel")
    fit_touch(reader, channel=touch.channel, campaign=touch.campaign, source_url=touch.source_url)
    named = ((Lead, touch.lead_id), (Person, touch.person_id), (Company, touch.company_id))
    if not any(row_id for _model, row_id in named):
        reader.refuse("person", msg("Say who it was: a lead, a person or a company."))
    reader.finish()
    rows: list[Record] = [model.one_for(actor, Verb.CHANGE, row_id) for model, row_id in named if row_id]
    channel = named_channels(actor, as_of, [name])[name_key(name)]
    row = new_touch(actor, channel, touch)
    row.save(force_insert=True)
    publish(
        told(
            TouchNoted,
            rows[0],
            first_values({"source_url": touch.source_url}),
            about=[each.ref for each in rows[1:]],
            at=touch.touched_at,
            channel=channel.name,
            campaign=row.campaign,
        ),
        actor=actor,
        occurred_at=as_of,
    )
    return row


def fit_touch(reader: Reader, *, channel: str, campaign: str, source_url: str, row: int = 0) -> None:
    """Check what is said of a touch."""
    for place, text, length in (
        ("channel", channel, Channel._meta.get_field("name").max_length or 0),
        ("campaign", campaign, CAMPAIGN_LENGTH),
        ("source_url", source_url, URL_LENGTH),
    ):
        reader.words(text, place, row)
        if len(text) > length:
            reader.refuse(place, msg("This is too long."), row)


def named_channels(actor: Actor, as_of: datetime, names: Iterable[str]) -> dict[str, Channel]:
    """Return the channels of some names by key; those that nobody named before come into being."""
    wanted = {name_key(name): " ".join(name.split()) for name in reversed(list(names)) if name.strip()}
    known = _live(wanted)
    missing = {key: name for key, name in wanted.items() if key not in known}
    if missing:
        rows = [
            Channel.stamped(actor=actor, as_of=as_of, name=name, name_key=key, sort=ChannelKind.OTHER)
            for key, name in sorted(missing.items())
        ]
        Channel.objects.bulk_create(rows, ignore_conflicts=True)
        known |= _live(missing)
        made = {row.pk for row in rows}
        publish_many((_added(row) for row in known.values() if row.pk in made), actor=actor, occurred_at=as_of)
    return known


def new_touch(actor: Actor, channel: Channel, touch: TouchDraft) -> Touch:
    """Return a touch, not saved yet, with what the address of its page says of itself."""
    utm = utm_of(touch.source_url)
    return Touch(
        channel=channel,
        lead_id=touch.lead_id,
        person_id=touch.person_id,
        company_id=touch.company_id,
        campaign=" ".join(touch.campaign.split()) or utm.get("campaign", ""),
        source_url=touch.source_url.strip(),
        utm=utm,
        touched_at=touch.touched_at,
        noted_by=actor.id,
    )


def utm_of(address: str) -> dict[str, str]:
    """Return what an address says of where its reader came from.

    >>> utm_of("https://acme.example/?utm_source=news&utm_campaign=Spring%20sale&x=1")
    {'source': 'news', 'campaign': 'Spring sale'}
    """
    try:
        pairs: Sequence[tuple[str, str]] = parse_qsl(urlsplit(address).query)
    except ValueError:
        return {}
    return {
        name.removeprefix(UTM): value.replace("\0", "")[:UTM_LENGTH]
        for name, value in pairs
        if name.startswith(UTM) and len(name) > len(UTM)
    }


def _live(keys: Iterable[str]) -> dict[str, Channel]:
    return {row.name_key: row for row in Channel.objects.filter(NOT_DELETED, name_key__in=list(keys))}


def _added(channel: Channel) -> ChannelAdded:
    return told(ChannelAdded, channel, {}, label=channel.name, sort=channel.sort)
