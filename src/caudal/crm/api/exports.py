"""Lists as files: the same rows, columns and order as a page or a saved view shows, noted in the same way."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Field, Router

from caudal.crm import queries
from caudal.kit.access import Actor, Verb
from caudal.kit.bodies import Body
from caudal.kit.downloads import spent
from caudal.kit.lists import ListView, Selection, chosen, every_row
from caudal.kit.pages import actor_of, needs
from caudal.kit.shapes import Reader, shape_of
from caudal.kit.world import now
from caudal.ui.lists.asking import ALL, Asked, read_address
from caudal.ui.lists.exports import Format, csv_lines, sheet_of, workbook
from caudal.ui.lists.words import Speaker
from caudal.workspace.actions import note_export
from caudal.workspace.queries import saved_views

router = Router()

CSV: Final = "text/csv"
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE: Final[Any] = {
    "responses": {
        200: {
            "description": "The file",
            "content": {each: {"schema": {"type": "string", "format": "binary"}} for each in (CSV, WORKBOOK)},
        }
    }
}


class ListFileIn(Body):
    """Which rows, columns and order; what is left out is that of the view, and without one every row and column."""

    view: str = ""
    """The id of a saved view."""
    where: Annotated[str | None, Field(max_length=10_000, examples=['state = "open"'])] = None
    text: str = ""
    sort: Annotated[str, Field(max_length=300, examples=["-amount,name"])] = ""
    columns: Annotated[list[str], Field(max_length=200, examples=[["name", "amount"]])] = []
    format: Format = "csv"


def exporting(kind: Literal["deal", "lead", "company", "person"], path: str) -> Callable[..., HttpResponse]:
    """Return the route that gives a list of a kind as a file."""

    @needs(kind, Verb.EXPORT)
    def export(request: HttpRequest, body: ListFileIn) -> HttpResponse:
        """Return a list as a file. Each is made anew, whatever its Idempotency-Key, and noted."""
        actor = actor_of(request)
        asked = asked_of(kind, actor, body)
        if asked.refused:
            raise asked.refused
        rows = chosen(asked.shape, asked.selection, asked.reader, Verb.EXPORT)
        note_export(
            actor=actor,
            as_of=asked.reader.as_of,
            record_kind=kind,
            file_format=body.format,
            rows=rows.count(),
            columns=[each.name for each in asked.columns],
            where=asked.where,
        )
        sheet = sheet_of(asked, Speaker(asked.shape, asked.reader))
        records = every_row(rows, asked.shape, asked.selection, asked.reader)
        name = f"{path}-{asked.reader.today.isoformat()}.{body.format}"
        if body.format == "xlsx":
            file = workbook(sheet, sheet.head, records, path)
            answer = StreamingHttpResponse(spent(file), content_type=WORKBOOK)
        else:
            answer = StreamingHttpResponse(csv_lines(sheet, sheet.head, records), content_type=f"{CSV}; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer  # type: ignore[return-value]  # a response like any

    export.__name__ = f"export_{path}"
    return export


def asked_of(kind: str, actor: Actor, body: ListFileIn) -> Asked:
    """Return what a body asks of a list. Raises NoSuchView, NoSuchField, NoSuchOrder."""
    reader: Reader = queries.Sought(Selection(), now()).reader(actor)
    shape = shape_of(kind)
    everything = ListView(key=ALL, label="", columns=tuple(each.name for each in shape.fields if each.listed))
    given = {"view": body.view or ALL, "q": body.text, "sort": body.sort, "columns": ",".join(body.columns)}
    given = {name: value for name, value in given.items() if value}
    if body.where is not None:
        given["where"] = body.where
    return read_address(given, shape, reader, [everything, *saved_views(actor, kind)], ALL)


for kind, path in (("deal", "deals"), ("lead", "leads"), ("company", "companies"), ("person", "people")):
    router.post(f"/{path}/file", openapi_extra=FILE)(exporting(kind, path))  # type: ignore[arg-type]  # one of the four
