"""Lists as files: the same rows, columns and order as on the page."""

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, cast

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_POST

from caudal.crm.imports.leaving import pack
from caudal.crm.views.lists import asked_of
from caudal.crm.views.nouns import Noun
from caudal.kit.access import Verb
from caudal.kit.lists import chosen, every_row
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.lists.exports import csv_lines, sheet_of, workbook
from caudal.ui.lists.pages import Listing
from caudal.ui.lists.serving import reader_of
from caudal.ui.lists.words import Speaker
from caudal.workspace.actions import note_export

IN_MEMORY: Final = 4_000_000
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs("operation", Verb.CREATE)
@require_POST
def export_all(request: HttpRequest) -> FileResponse:
    """Give everything that can be imported again as a packed file. Raises NotAllowed."""
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  the answer closes it
    pack(actor_of(request), now(), cast("BinaryIO", file))
    file.seek(0)
    name = f"caudal-{now():%Y-%m-%d}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def exporting(noun: Noun, found: Listing) -> Callable[..., HttpResponse]:
    """Return the view that gives a list as a file. The form sends what the page shows, as its address says it."""

    @needs(noun.kind, Verb.EXPORT)
    @require_POST
    def export(request: HttpRequest) -> HttpResponse:
        reader = reader_of(request, now())
        asked, _views, _default = asked_of(request.POST.dict(), noun, found, reader)
        if asked.refused:
            raise asked.refused
        rows = chosen(asked.shape, asked.selection, reader, Verb.EXPORT)
        is_workbook = request.POST.get("format") == "xlsx"
        note_export(
            actor=reader.actor,
            as_of=reader.as_of,
            record_kind=noun.kind,
            file_format="xlsx" if is_workbook else "csv",
            rows=rows.count(),
            columns=[each.name for each in asked.columns],
            where=asked.where,
        )
        sheet = sheet_of(asked, Speaker(asked.shape, reader))
        records = every_row(rows, asked.shape, asked.selection, reader)
        name = f"{noun.path}-{reader.today.isoformat()}"
        if is_workbook:
            file = workbook(sheet, sheet.head, records, str(found.plural))
            return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=WORKBOOK)  # type: ignore[return-value]  # a response like any
        answer = StreamingHttpResponse(csv_lines(sheet, sheet.head, records), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer  # type: ignore[return-value]  # a response like any

    return export
