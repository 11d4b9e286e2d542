"""Handing kept bytes out: to be saved by whoever asked, never to be opened as a page of ours."""

from collections.abc import Iterator
from typing import IO, Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from caudal.kit.files import CHUNK
from caudal.kit.world import world

SANDBOX: Final = "default-src 'none'; sandbox"
"""Even a browser that opens the answer lets it do nothing."""


def handed_out(request: HttpRequest, *, sha256: str, name: str, media_type: str, size_bytes: int) -> HttpResponseBase:
    """Return the answer that hands a kept file out; 304 to whoever has it already. Raises FileMissing."""
    etag = f'"{sha256}"'
    if request.headers.get("if-none-match") == etag:
        return HttpResponseNotModified()
    with world().file_store().opened(sha256):
        pass  # what is missing is told before the answer begins
    answer = StreamingHttpResponse(_chunks(sha256), content_type=media_type)
    answer.headers["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    answer.headers["Content-Length"] = str(size_bytes)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["ETag"] = etag
    return answer


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """Return the answer that hands a PDF of ours out, to be saved."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def spent(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file in chunks; it is closed behind the last one, or when nobody asks for more."""
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _chunks(sha256: str) -> Iterator[bytes]:
    with world().file_store().opened(sha256) as file:
        while chunk := file.read(CHUNK):
            yield chunk
