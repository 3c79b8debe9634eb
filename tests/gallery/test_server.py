"""`artgan gallery`: pages written anew, and served to this machine alone."""

import http.client
import threading

import pytest

from artgan.gallery.server import LOOPBACK, server


@pytest.fixture
def ask(tmp_path):
    """Return status, type and body of what a server of a small gallery answers."""
    root = tmp_path / "gallery"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("hung here")
    (root / "assets/style.css").write_text("body {}")
    (root / ".hidden").write_text("hidden")
    (tmp_path / "secret.txt").write_text("secret")
    (root / "out.txt").symlink_to(tmp_path / "secret.txt")
    (root / ".git").mkdir()
    (root / ".git/config").write_text("secret")
    for name in ("index.html", "index.htm"):
        folder = root / f"linked-{name}"
        folder.mkdir()
        (folder / name).symlink_to(tmp_path / "secret.txt")
    with server(root, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        assert running.server_address[0] == LOOPBACK

        def call(path, method="GET"):
            connection = http.client.HTTPConnection(LOOPBACK, running.server_port, timeout=10)
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            return answer.status, answer.getheader("Content-Type"), body

        yield call
        running.shutdown()


def test_the_gallery_is_served(ask):
    assert ask("/") == (200, "text/html", b"hung here")
    assert ask("/assets/style.css")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/out.txt",
        "/linked-index.html/",
        "/linked-index.htm/",
        "/.hidden",
        "/%2ehidden",
        "/%2Egit/config",
        "/assets/",
        "/x",
    ],
)
def test_nothing_else_is(ask, path):
    status, _, body = ask(path)
    assert status == 404
    assert b"secret" not in body.replace(path.encode(), b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed(ask, method):
    assert ask("/index.html", method)[0] == 501


def test_build_writes_pages_anew_and_leaves_works_as_they_are(artgan, pictures, tmp_path):
    size = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4")
    artgan("run", pictures, *size, "--steps", "2", "--batch", "8", "--name", "bars", "--quiet")
    works = {path: path.read_bytes() for path in (tmp_path / "gallery/bars/works").glob("*.png")}
    page = tmp_path / "gallery/bars/index.html"
    written = page.read_text()
    page.unlink()
    (tmp_path / "gallery/index.html").unlink()
    assert artgan("gallery", "build").out.strip() == "gallery/index.html"
    assert page.read_text() == written
    assert {path: path.read_bytes() for path in works} == works


@pytest.mark.parametrize("command", ["build", "open", "serve"])
def test_where_there_is_no_gallery_it_says_so(artgan, command):
    refused = artgan("gallery", command, "nowhere")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "nowhere is no gallery" in refused.err
