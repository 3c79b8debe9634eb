"""`artgan.api`: a run is hung, and a gallery is built anew, found and served."""

from __future__ import annotations

import json
import shutil
import threading
import urllib.request

import pytest

import artgan
from artgan.api import build_gallery, gallery_page, gallery_server, hang


def test_a_run_is_hung_as_it_was_saved_without_training_it(out, plugins):
    log, works = (out / "runs/a/log.jsonl").read_bytes(), out / "gallery/a/works"
    before = {path.name: path.read_bytes() for path in works.iterdir()}
    shutil.rmtree(out / "gallery")
    assert hang("a", out=out, device="cpu", plugins=plugins).page == out / "gallery/index.html"
    assert {path.name: path.read_bytes() for path in works.iterdir()} == before
    assert (out / "runs/a/log.jsonl").read_bytes() == log


def test_pages_are_built_anew_and_a_run_that_cannot_be_shown_is_told(out, plugins):
    shutil.copytree(out / "gallery/a", out / "gallery/b")
    (out / "gallery/b/run.json").write_text("{}")
    (out / "gallery/index.html").unlink()
    built = build_gallery(out / "gallery", plugins=plugins)
    assert built.page == out / "gallery/index.html"
    assert built.page.is_file()
    assert [item.name for item in built.left_out] == ["b"]


def test_a_run_whose_plugin_is_not_there_hangs_as_it_hung_and_what_brings_the_plugin_is_told(out, plugins):
    other = out / "gallery/c"
    shutil.copytree(out / "gallery/a", other)
    told = json.loads((other / "run.json").read_text())
    recipe = f'{told["recipe"]}\n[plugins]\nartgan-scents = "1.0"\n'
    (other / "run.json").write_text(json.dumps(told | {"id": "c", "modality": "scent", "recipe": recipe}))
    (other / "index.html").write_text("the page of scents")
    before = {path: path.read_bytes() for path in other.rglob("*") if path.is_file()}

    built = build_gallery(out / "gallery", plugins=plugins)

    assert {path: path.read_bytes() for path in other.rglob("*") if path.is_file()} == before
    reason = "no modality that was loaded is called 'scent', which comes with artgan install artgan-scents"
    assert [(item.name, item.reason) for item in built.kept] == [("c", reason)]
    page = built.page.read_text()
    assert 'href="c/index.html"' in page
    assert 'src="c/cover.png"' in page


def test_a_gallery_is_served_on_this_machine(out):
    with gallery_server(out / "gallery", port=0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with urllib.request.urlopen(server.url) as answer:
                assert answer.read() == gallery_page(out / "gallery").read_bytes()
        finally:
            server.shutdown()
            thread.join()


def test_a_port_that_is_taken_is_told(out):
    with (
        gallery_server(out / "gallery", port=0) as first,
        pytest.raises(artgan.ArtganError, match="choose another --port"),
    ):
        gallery_server(out / "gallery", port=first.server_port)


@pytest.mark.parametrize("act", [build_gallery, gallery_page, gallery_server])
def test_a_folder_that_is_no_gallery_is_told(tmp_path, act):
    with pytest.raises(artgan.UsageError, match="is no gallery"):
        act(tmp_path)
