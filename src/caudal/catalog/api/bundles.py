"""Routes of features and bundles."""

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from caudal.catalog import actions, queries
from caudal.catalog.api.offerings import PERCENT
from caudal.catalog.models import Bundle, Feature, FeatureSort
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, public_id, row_id, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()


class FeatureIn(Body):
    """A feature to add."""

    name: str
    code: str
    sort: FeatureSort = FeatureSort.SWITCH


class FeatureOut(Schema):
    """A feature."""

    id: str
    name: str
    code: str
    sort: str


class BundleIn(Body):
    """A bundle to add."""

    name: str
    code: str
    discount_percent: PERCENT = "0"
    offering_ids: list[str]


class BundleChange(Body):
    """What to change about a bundle; what is left out stays."""

    name: Annotated[str, Field(default="")]
    code: Annotated[str, Field(default="")]
    discount_percent: Annotated[str, Field(default="0", pattern=r"^\d{1,3}(\.\d{1,4})?$")]
    offering_ids: Annotated[list[str], Field(default=[])]


class BundleOut(Schema):
    """A bundle."""

    id: str
    version: int
    name: str
    code: str
    discount_percent: str
    offering_ids: list[str]


@router.get("/features", response=list[FeatureOut])
@needs("feature", Verb.VIEW)
def list_features(request: HttpRequest) -> list[FeatureOut]:
    """List the features, by name."""
    return [_feature(each) for each in queries.features(actor_of(request))]


@router.post("/features", response={201: FeatureOut})
@needs("feature", Verb.CREATE)
def create_feature(request: HttpRequest, body: FeatureIn) -> Status[FeatureOut]:
    """Add a feature."""
    return Status(201, _feature(actions.add_feature(actor=actor_of(request), as_of=now(), **body.dict())))


@router.get("/bundles", response=list[BundleOut])
@needs("bundle", Verb.VIEW)
def list_bundles(request: HttpRequest) -> list[BundleOut]:
    """List the bundles, by name."""
    return [_bundle(each) for each in queries.bundles(actor_of(request))]


@router.post("/bundles", response={201: BundleOut})
@needs("bundle", Verb.CREATE)
def create_bundle(request: HttpRequest, response: HttpResponse, body: BundleIn) -> Status[BundleOut]:
    """Sell offerings together for less."""
    bundle = actions.add_bundle(actor=actor_of(request), as_of=now(), **_values(body.dict()))
    tag(response, bundle)
    return Status(201, _bundle(bundle))


@router.get("/bundles/{bundle_id}", response=BundleOut)
@needs("bundle", Verb.VIEW)
def get_bundle(request: HttpRequest, response: HttpResponse, bundle_id: str) -> BundleOut:
    """Return a bundle."""
    bundle = queries.bundle(actor_of(request), row_id("bundle", bundle_id))
    tag(response, bundle)
    return _bundle(bundle)


@router.patch("/bundles/{bundle_id}", response=BundleOut)
@needs("bundle", Verb.CHANGE)
def change_bundle(request: HttpRequest, response: HttpResponse, bundle_id: str, body: BundleChange) -> BundleOut:
    """Change a bundle; If-Match says which version was read."""
    bundle = actions.change_bundle(
        actor=actor_of(request),
        as_of=now(),
        bundle_id=row_id("bundle", bundle_id),
        expected_version=version_of(request, required=True),
        **_values(body.dict(exclude_unset=True)),
    )
    tag(response, bundle)
    return _bundle(bundle)


def _values(said: dict[str, Any]) -> Any:
    if "discount_percent" in said:
        said["discount_percent"] = Decimal(said["discount_percent"])
    if "offering_ids" in said:
        said["offering_ids"] = [row_id("offering", each) for each in said["offering_ids"]]
    return said


def _feature(feature: Feature) -> FeatureOut:
    return FeatureOut(id=str(feature.ref), name=feature.name, code=feature.code, sort=feature.sort)


def _bundle(bundle: Bundle) -> BundleOut:
    parts = sorted(str(public_id("offering", each.offering_id)) for each in bundle.parts.all())
    percent = f"{Decimal(bundle.discount_percent).normalize():f}"
    return BundleOut(
        id=str(bundle.ref),
        version=bundle.version,
        name=bundle.name,
        code=bundle.code,
        discount_percent=percent,
        offering_ids=parts,
    )
