"""Built files with the right caching; knows no page."""

from os import PathLike, stat_result

from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web.rendering import STATIC

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class KeptFiles(StaticFiles):
    """Serve `web/static/`: for ever with a hash in the address, otherwise asked again by etag."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC, check_dir=False)

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Serve one file with its caching header."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        hashed = "v" in QueryParams(scope.get("query_string", b""))
        response.headers["Cache-Control"] = FOR_EVER if hashed else ASK_AGAIN
        return response
