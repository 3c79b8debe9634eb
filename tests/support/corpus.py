"""A corpus of damaged and hostile files: pictures, archives of pictures, and texts; the same each time."""

from __future__ import annotations

import io
import json
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Literal

from PIL import Image, PngImagePlugin

Files = Iterator[tuple[str, bytes]]

FORMATS: dict[str, dict[str, Any]] = {
    ".png": {"format": "PNG"},
    ".jpg": {"format": "JPEG", "quality": 60},
    ".webp": {"format": "WEBP"},
    ".gif": {"format": "GIF"},
    ".bmp": {"format": "BMP"},
    ".tif": {"format": "TIFF", "compression": "tiff_lzw"},
    ".ppm": {"format": "PPM"},
    ".avif": {"format": "AVIF"},
}
"""Every format that is read, with the words that make Pillow write it."""

FLIPS = 12
"""How many files with a few flipped bits there are of each format."""


def picture(mode: str = "RGB", size: tuple[int, int] = (96, 72), format: str = "PNG", **options: object) -> bytes:
    """Return a picture with structure in it."""
    ground = Image.linear_gradient("L").resize(size)
    colour = Image.merge("RGB", (ground, ground.transpose(Image.Transpose.ROTATE_180), ground))
    return saved(colour.convert(mode), format, **options)


def flipped(content: bytes, dice: random.Random) -> bytes:
    """Return a copy with one to eight flipped bits."""
    changed = bytearray(content)
    for _ in range(dice.randint(1, 8)):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def spliced(content: bytes, dice: random.Random) -> bytes:
    """Return a copy in which one part stands in another's place."""
    start, end = sorted(dice.randrange(len(content)) for _ in range(2))
    to = dice.randrange(len(content))
    return content[:to] + content[start:end] + content[to:]


def damaged(name: str, suffix: str, content: bytes) -> Files:
    """Yield a file cut, flipped, spliced, and with a tail of zeros."""
    dice = random.Random(name)
    for end in (0, 1, 10, len(content) // 4, len(content) // 2, len(content) - 1):
        yield f"{name}-cut-{end}{suffix}", content[:end]
    for number in range(FLIPS):
        yield f"{name}-flipped-{number}{suffix}", flipped(content, dice)
    for number in range(3):
        yield f"{name}-spliced-{number}{suffix}", spliced(content, dice)
    half = len(content) // 2
    yield f"{name}-zeros{suffix}", content[:half] + bytes(len(content) - half)


def pictures() -> Files:
    """Yield pictures that are damaged, odd, or attacks."""
    for suffix, options in FORMATS.items():
        yield from damaged(f"picture-{suffix[1:]}", suffix, picture(**options))
    yield from odd_pictures()
    yield from bombs()
    yield from other_formats()


def odd_pictures() -> Files:
    """Yield pictures that are right, of every kind that trips a reader."""
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        source = Image.new("I;16", (64, 64), 40_000) if mode == "I;16" else None
        yield f"mode-{mode.replace(';', '')}.png", saved(source, "PNG") if source else picture(mode)
    for mode in ("CMYK", "YCbCr", "L"):
        yield f"mode-{mode}.jpg", picture(mode, format="JPEG")
    for mode in ("CMYK", "LAB", "F"):
        yield f"mode-{mode}.tif", saved(Image.new(mode, (64, 64)), "TIFF")
    frames = [Image.new("RGB", (64, 64), (level, 0, 0)) for level in range(0, 250, 50)]
    for suffix, kind in ((".gif", "GIF"), (".png", "PNG"), (".webp", "WEBP"), (".tif", "TIFF")):
        yield f"animated{suffix}", saved(frames[0], kind, save_all=True, append_images=frames[1:])
    for orientation in (0, 1, 3, 6, 8, 9, 65_535):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f"turned-{orientation}.jpg", picture(format="JPEG", exif=exif)
    yield "long-exif.jpg", picture(format="JPEG", exif=b"Exif\x00\x00" + b"\xff" * 60_000)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """Return the file of a picture."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes, lines: bytes = b"") -> bytes:
    """Return a PNG file of grey levels that claims a size."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(lines, 9))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + body + png_chunk(b"IEND", b"")


def bombs() -> Files:
    """Yield small files that ask for much memory or time."""
    for width, height in ((60_000, 60_000), (2**31 - 1, 1), (1, 2**31 - 1), (2**31 - 1, 2**31 - 1), (9000, 9000)):
        yield f"bomb-{width}x{height}.png", png(width, height)
    yield "bomb-full.png", png(8100, 8100, lines=bytes(8101 * 8100))
    yield (
        "bomb-text.png",
        png(64, 64, png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**26), 9)), lines=bytes(65 * 64)),
    )
    yield "bomb-profile.png", png(64, 64, png_chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2**26), 9)))
    texts = PngImagePlugin.PngInfo()
    for number in range(3000):
        texts.add_text(f"key{number}", "x" * 100)
    yield "many-texts.png", picture(pnginfo=texts)
    yield "bomb.gif", b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0x80, 0, 0) + bytes(6) + b",;"
    yield (
        "bomb.bmp",
        b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 60_000, -60_000, 1, 24, *[0] * 6),
    )
    yield "bomb.ppm", b"P6 99999 99999 255\n" + bytes(99)
    yield "endless-comment.ppm", b"P6 #" + b"x" * 2**24
    tags = [
        (256, 4, 1, 60_000),
        (257, 4, 1, 60_000),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (273, 4, 2**30, 8),
        (279, 4, 2**30, 8),
    ]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    yield "bomb.tif", b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + struct.pack("<I", 8)
    yield "loop.tif", b"II*\0\x08\0\0\0" + struct.pack("<H", 0) + struct.pack("<I", 8)
    frames = [Image.new("L", (256, 256), level % 256) for level in range(200)]
    yield "long.gif", saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


def other_formats() -> Files:
    """Yield files of formats that are not read, under names that are."""
    for kind in ("TGA", "ICO", "PCX", "SGI", "PDF", "EPS", "JPEG2000", "DDS", "MSP"):
        source = Image.new("1" if kind == "MSP" else "RGB", (64, 64))
        yield f"really-{kind.lower()}.png", saved(source, kind)
    yield "really-svg.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    yield "really-html.jpg", b"<!doctype html><script>alert(1)</script>"
    yield "really-pickle.png", b"\x80\x04cos\nsystem\n(S'touch hacked'\ntR."
    yield "really-zip.png", zip_of({"a.png": picture()})
    yield "really-elf.png", b"\x7fELF" + bytes(200)


def zip_of(members: dict[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip with members in the order given."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, packed)
    return out.getvalue()


LEADING_OUT = (
    "../out.png",
    "../../out.png",
    "/tmp/out.png",
    "a/../../out.png",
    "C:/out.png",
    "..\\out.png",
    "//host/out.png",
)


def archives() -> Files:
    """Yield archives that are damaged, or attacks; each holds one good picture first."""
    good = picture()
    whole = zip_of({"good.png": good, "b/good.jpg": picture(format="JPEG")})
    yield from damaged("archive", ".zip", whole)
    for number, name in enumerate(LEADING_OUT):
        yield f"out-{number}.zip", zip_of({"good.png": good, name: good})
    for number, name in enumerate(
        (
            "a\0b.png",
            "CON.png",
            "x" * 5000 + ".png",
            "a/" * 2000 + "b.png",
            "\x1b[31m.png",
            "\u202egnp.exe.png",
            ".png",
            " .png",
        )
    ):
        yield f"name-{number}.zip", zip_of({"good.png": good, name: good})
    yield "case.zip", zip_of({"good.png": good, "GOOD.png": good, "Good.PNG": good})
    for kind, name in (
        (0o120777, "link"),
        (0o060666, "block-device"),
        (0o020666, "device"),
        (0o010666, "pipe"),
        (0o140666, "socket"),
    ):
        yield f"{name}.zip", special(good, kind)
    yield "twice.zip", zip_of({"good.png": good}) + zip_of({"good.png": good})
    yield "member-bomb.zip", zip_of({"good.png": good, "bomb.png": bytes(2**28)})
    yield "picture-bomb.zip", zip_of({"good.png": good, "bomb.png": png(60_000, 60_000)})
    yield "nested.zip", zip_of({"good.png": good, "inside.zip": whole, "inside.png": whole})
    yield "locked.zip", encrypted(good)
    yield "many.zip", zip_of({"good.png": good} | {f"{number}.png": b"" for number in range(5000)})
    yield "odd-packing.zip", with_method(whole, 99)
    for mode in ("w", "w:gz", "w:bz2", "w:xz"):
        yield f"tar-{mode[2:]}.tar", tar_of(good, mode)


def special(good: bytes, kind: int) -> bytes:
    """Return a zip with a member that claims to be no plain file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("good.png", good)
        member = zipfile.ZipInfo("special.png")
        member.create_system, member.external_attr = 3, kind << 16
        archive.writestr(member, "/etc/passwd")
    return out.getvalue()


def encrypted(good: bytes) -> bytes:
    """Return a zip whose second member says that it is encrypted."""
    content = bytearray(zip_of({"good.png": good, "locked.png": good}, zipfile.ZIP_STORED))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.rindex(signature) + at] |= 1
    return bytes(content)


def with_method(content: bytes, method: int) -> bytes:
    """Return a zip whose last member says that it is packed in another way."""
    changed = bytearray(content)
    for signature, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", changed, changed.rindex(signature) + at, method)
    return bytes(changed)


def tar_of(good: bytes, mode: Literal["w", "w:gz", "w:bz2", "w:xz"]) -> bytes:
    """Return a tar archive with a good picture, links, a device and a name that leads out."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, kind in (
            ("good.png", tarfile.REGTYPE),
            ("../out.png", tarfile.REGTYPE),
            ("/tmp/out.png", tarfile.REGTYPE),
            ("link.png", tarfile.SYMTYPE),
            ("hard.png", tarfile.LNKTYPE),
            ("device.png", tarfile.CHRTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            member.size = len(good) if kind == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(good) if member.size else None)
    return out.getvalue()


VERSES = "".join(f"line {number} of some verses\n" for number in range(40)).encode()


def texts() -> Files:
    """Yield texts that are damaged, in other encodings, or attacks; most hold forty good lines."""
    accents = VERSES + "árbol, süß, naïve, 漢字, 🌳\n".encode()
    yield from damaged("text", ".txt", accents)
    for encoding in ("latin-1", "utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp1252", "cp037"):
        yield f"text-{encoding}.txt", (VERSES.decode() + "süße\n").encode(encoding)
    yield "text-shift-jis.txt", VERSES + "漢字\n".encode("shift-jis")
    for name, line in {
        "nul": b"\0" * 100,
        "surrogate": b"\xed\xa0\x80",
        "overlong": b"\xc0\xaf",
        "beyond": b"\xf5\x80\x80\x80",
        "controls": bytes(range(32)),
        "escape": b"\x1b]0;hacked\x07\x1b[2J",
        "turned": "\u202eabc\u2066".encode(),
        "marks": ("e" + "\u0301" * 5000).encode(),
        "joined": "👨‍👩‍👧‍👦".encode() * 500,
        "markup": b"<script>alert(1)</script>\"' onerror=x",
        "separators": "a\u2028b\u2029c\x85d\x0be\x0cf".encode(),
        "returns": b"a\rb\r\nc\n\r",
        "blank": b" \t" * 1000,
        "bomb": b"x" * 10_000_000,
    }.items():
        yield f"line-{name}.txt", VERSES + line + b"\n" + VERSES
    yield "only-nul.txt", bytes(10_000)
    yield "only-newlines.txt", b"\n" * 1_000_000
    yield "one-line.txt", b"x" * 100_000_000
    yield "all-different.txt", "\n".join(chr(0x4E00 + number) * 3 for number in range(20_000)).encode()
    yield "really-png.txt", picture()
    yield "really-pickle.txt", b"\x80\x04cos\nsystem\n(S'touch hacked'\ntR."


def tables() -> Files:
    """Yield tables of text that are damaged or attack; most hold forty good rows whose column is called text."""
    rows = [[str(number), line] for number, line in enumerate(VERSES.decode().splitlines())]
    values = "id,text\n" + "".join(f"{number},{line}\n" for number, line in rows)
    items = [{"id": number, "text": line} for number, line in rows]
    lines = "".join(json.dumps(item) + "\n" for item in items)
    yield from damaged("values", ".csv", values.encode())
    yield from damaged("lines", ".jsonl", lines.encode())
    yield from damaged("items", ".json", json.dumps(items).encode())
    for name, row in {
        "nul": b"99,a\0b",
        "no-utf8": b"99,\xff\xfe",
        "wide": b"99,a,b,c",
        "narrow": b"99",
        "open": b'99,"never closed',
        "stray": b'99,"closed" too early',
        "field": b'99,"' + b"x" * 10_000_000 + b'"',
        "many-lines": b'99,"' + b"x\n" * 100_000 + b'"',
        "endless-row": b'"\n",' * 80_000,
        "columns": b"," * 10_000_000,
    }.items():
        yield f"row-{name}.csv", values.encode() + row + b"\n" + values.encode()
    for name, line in {
        "surrogate": b'{"text": "\\ud800"}',
        "nul": b'{"text": "a\\u0000b"}',
        "number": b'{"text": 5}',
        "other": b'{"words": "a"}',
        "digits": b'{"text": ' + b"9" * 60_000 + b"}",
        "deep": b"[" * 60_000,
        "long": b'{"text": "' + b"x" * 10_000_000 + b'"}',
        "nan": b'{"text": NaN}',
    }.items():
        yield f"line-{name}.jsonl", lines.encode() + line + b"\n" + lines.encode()
    yield "deep.json", b"[" * 1_000_000
    yield "lists.json", b"[" + b"[]," * 200_000 + b'"a", "b"]'
    yield "keys.json", json.dumps({str(number): "a b" for number in range(5_000)}).encode()
    yield "large.json", b"[" + b'"a",' * 5_000_000 + b'"b"]'
    yield "other.json", b'{"text": {"text": {"text": 1}}}'
    yield "empty.csv", b""
    yield "header.csv", b"id,text\n"
    yield "numbers.csv", b"id,size\n1,2\n3,4\n"
    yield "really-png.csv", picture()
    yield "really-zip.jsonl", b"PK\x03\x04" + bytes(1000)
