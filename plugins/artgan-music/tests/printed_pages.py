"""What stands on the pages of a PDF."""

from __future__ import annotations

import base64
import re
import zlib


def opened(path):
    """Return the words of a PDF, how many pages it has, and how many heads of notes are drawn on them."""
    content = path.read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL)
    drawn = b"".join(zlib.decompress(base64.a85decode(part.strip().removesuffix(b"~>"))) for part in streams).decode()
    words = " / ".join(re.findall(r"\((.*?)\) Tj", drawn))
    return words, len(re.findall(rb"/Type /Page\b", content)), len(re.findall(r"/\S*\.(?:black|half|whole) Do", drawn))
