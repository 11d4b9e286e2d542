"""The API: conversion mapping. Written by bin/client."""

from typing import TypedDict, Unpack

from caudal.client.transport import Resource


class MappingLineBody(TypedDict):
    """A field of the lead, and the field of what it becomes that takes it: `name`, `custom.size`."""

    source: str
    kind: str
    target: str


class Broken(TypedDict):
    """A line that carries nothing any more, and why."""

    line: MappingLineBody
    why: str


class ConversionMappingBody(TypedDict):
    """Every line of a mapping."""

    lines: list[MappingLineBody]


class ConversionMapping(TypedDict):
    """The mapping in force; version 0 is the usual one, which nobody has changed."""

    version: int
    lines: list[MappingLineBody]
    broken: list[Broken]


class ConversionMappingRoutes(Resource):
    """The routes of conversion mapping."""

    def get_conversion_mapping(self) -> ConversionMapping:
        """Say which field of a lead goes where when it is converted."""
        found: ConversionMapping = self._send("GET", "/api/v1/conversion-mapping")
        return found

    def change_conversion_mapping(
        self, *, idempotency_key: str | None = None, **body: Unpack[ConversionMappingBody]
    ) -> ConversionMapping:
        """Let these lines say what leads become from now on; each is checked for what its two fields hold."""
        found: ConversionMapping = self._send(
            "PUT", "/api/v1/conversion-mapping", idempotency_key=idempotency_key, body=body
        )
        return found
