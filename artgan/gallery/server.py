"""Serves a gallery to browsers on this machine, and nothing else."""

from __future__ import annotations

import http.server
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
FIRST_PAGES = ("index.html", "index.htm")
"""What `http.server` shows of a folder, the first that is there."""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Answers GET and HEAD for files of one folder; no lists of folders, no hidden files, no links that lead out."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".webp": "image/webp",
        ".json": "application/json",
        ".txt": "text/plain; charset=utf-8",
    }

    def send_head(self) -> Any:
        """Send the head of an answer, and return the file to send; None where there is none."""
        if not self._is_public():
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

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
    """Shows a gallery to browsers on this machine, once it is told to serve; a context."""

    @property
    def url(self) -> str:
        """Where browsers find it."""
        return f"http://{LOOPBACK}:{self.server_port}/"


def server(gallery: Path, port: int) -> GalleryServer:
    """Return a server of a gallery on the loopback address.

    Args:
        gallery: the folder.
        port: 0 for any that is free.

    Raises:
        OSError: if the port is taken.
    """
    return GalleryServer((LOOPBACK, port), partial(Handler, directory=str(gallery)))
