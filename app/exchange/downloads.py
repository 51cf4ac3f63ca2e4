"""Files as responses."""

from urllib.parse import quote

from werkzeug.wrappers import Response

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {".xlsx": EXCEL, ".csv": "text/csv; charset=utf-8", ".jsonl": "application/x-ndjson", ".zip": "application/zip"}


def file_response(content: bytes, name: str) -> Response:
    """A download under the name, never shown by the browser itself."""
    ending = name[name.rfind(".") :]
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    kind = KINDS[ending]
    return Response(content, headers={"Content-Type": kind, "Content-Disposition": disposition})
