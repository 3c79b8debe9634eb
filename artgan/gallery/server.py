"""Serves a gallery to browsers on this machine, and nothing else; who has its link may stop its runs, too."""

from __future__ import annotations

import hmac
import http.client
import http.server
import secrets
import threading
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

from ..errors import UsageError
from .run_controls import RunControls

LOOPBACK = "127.0.0.1"
NAMES = (LOOPBACK, "localhost")
"""What browsers may call this machine: a name that leads here from elsewhere is somebody else's page."""

TOKEN = "X-Artgan-Token"
"""The header without which nothing is done. Other pages cannot send it: browsers would ask this server first."""

MOST_CONNECTIONS, SECONDS_OF_SILENCE = 200, 10.0
"""How many are held at once, and how long one that says nothing."""

FIRST_PAGES = ("index.html", "index.htm")
"""What `http.server` shows of a folder, the first that is there."""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Answers GET and HEAD for files of one folder; no lists of folders, no hidden files, no links that lead out.

    With the token of the server, from a page of its own, POST of ``/RUN/stop`` and ``/RUN/go-on`` do that.
    """

    server: GalleryServer
    timeout: ClassVar[float] = SECONDS_OF_SILENCE

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".webp": "image/webp",
        ".json": "application/json",
        ".txt": "text/plain; charset=utf-8",
        ".abc": "text/vnd.abc; charset=utf-8",
        ".mid": "audio/midi",
        ".svg": "image/svg+xml",
    }

    def send_head(self) -> Any:
        """Send the head of an answer, and return the file to send; None where there is none."""
        if not self._is_meant():
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return None
        if not self._is_public():
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def do_POST(self) -> None:
        """Stop a run, or let it go on."""
        name, _, act = unquote(self.path).strip("/").rpartition("/")
        acts = {"stop": self.server.controls.stop, "go-on": self.server.controls.go_on}
        if not self._is_meant():
            self._say(HTTPStatus.MISDIRECTED_REQUEST, "this server is asked for by another name")
        elif not self._is_allowed():
            self._say(HTTPStatus.FORBIDDEN, "open the link that artgan gallery serve prints")
        elif act not in acts:
            self._say(HTTPStatus.NOT_FOUND, "a run can be stopped, or go on")
        else:
            try:
                self._say(HTTPStatus.OK, acts[act](name))
            except (UsageError, OSError) as error:
                self._say(HTTPStatus.CONFLICT, str(error))

    def _is_meant(self) -> bool:
        """Return whether it is this machine that was asked for."""
        port = self.server.server_port
        hosts = [f"{name}:{port}" for name in NAMES] + [name for name in NAMES if port == http.client.HTTP_PORT]
        return self.headers.get_all("Host") in [[host] for host in hosts]

    def _is_allowed(self) -> bool:
        """Return whether one who has the link asks, and no page of somebody else's."""
        own = [f"http://{name}:{self.server.server_port}" for name in NAMES]
        given = self.headers.get(TOKEN, "").encode("utf-8", "replace")
        asked_by_own = self.headers.get("Origin", own[0]) in own
        return asked_by_own and hmac.compare_digest(given, self.server.token.encode())

    def _say(self, status: HTTPStatus, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")  # what else was sent is not read
        self.end_headers()
        self.wfile.write(body)

    def _is_public(self) -> bool:
        """Return whether what is asked for, once decoded, is shown: of a folder, its first page."""
        root, asked = Path(self.directory), Path(self.translate_path(self.path))
        if any(part.startswith(".") for part in asked.relative_to(root).parts):
            return False
        shown = next((page for name in FIRST_PAGES if (page := asked / name).is_file()), None) or asked
        return shown.is_file() and shown.resolve().is_relative_to(root.resolve())

    def end_headers(self) -> None:
        """Tell browsers to guess no types and to ask again for what may have changed."""
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return


class GalleryServer(http.server.ThreadingHTTPServer):
    """Shows a gallery to browsers on this machine, once it is told to serve; a context.

    Attributes:
        controls: what is done with runs.
        token: what allows it; another each time.

    Args:
        gallery: the folder.
        port: 0 for any that is free.
        plugins: as for `RunControls`.

    Raises:
        OSError: if the port is taken.
    """

    request_queue_size = 128

    def __init__(self, gallery: Path, port: int, plugins: Sequence[str | Path] = ()) -> None:
        super().__init__((LOOPBACK, port), partial(Handler, directory=str(gallery)))
        self.controls, self.token = RunControls(gallery, plugins), secrets.token_urlsafe(16)
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)

    @property
    def url(self) -> str:
        """Where browsers find it."""
        return f"http://{LOOPBACK}:{self.server_port}/"

    @property
    def link(self) -> str:
        """Where browsers find it, and may stop runs and let them go on."""
        return f"{self.url}#token={self.token}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, or close the connection where there are too many."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and make room for another."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that break off."""
