"""Refused rows as a file, to be mended and imported again."""

import io
import zipfile

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from caudal.core.errors import Problem, msg
from caudal.crm.imports.decisions import Decisions
from caudal.crm.imports.findings import findings_from_json
from caudal.crm.imports.glimpses import uploads_of
from caudal.crm.imports.refusals import refused_tables
from caudal.crm.imports.sights import kinds_written, require_sight
from caudal.crm.views.imports import import_for
from caudal.kit.access import Verb
from caudal.kit.pages import actor_of, needs


class NothingRefused(Problem):
    """Every row was taken."""

    code = "import.nothing_refused"
    status = 404
    message = msg("“{title}” refused no row.")


@needs("operation", Verb.CREATE)
@require_GET
def import_refused(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Give the refused rows of one table as CSV, those of several packed together."""
    actor = actor_of(request)
    operation = import_for(actor, operation_id, Verb.VIEW)
    require_sight(actor, operation, kinds_written(operation))
    refused = findings_from_json(operation.result.get("refused") or [])
    decided = Decisions.from_json(operation.params["decisions"])
    tables = list(refused_tables(uploads_of(operation), decided, refused))
    if not tables:
        raise NothingRefused(title=operation.title)
    if len(tables) == 1:
        name, kind, content = tables[0].name, "text/csv; charset=utf-8", tables[0].content
    else:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
            for table in tables:
                folder.writestr(table.name, table.content)
        name, kind, content = "refused.zip", "application/zip", packed.getvalue()
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
