"""A small gallery whose generators live, and a browser."""

import pytest
from support.browser import Browser

from artgan.gallery.build import RunRecord, hang
from artgan.gallery.front_page import build_index


@pytest.fixture
def gallery(make_model, tmp_path, registry, monkeypatch):
    monkeypatch.setenv("ARTGAN_LIVE", "1")
    for name in ("brush", "ink"):
        record = RunRecord(name, title=name.title(), command="artgan run", device="CPU", parameters={}, log=[])
        hang(record, make_model(shape=(3, 32, 32)), gallery=tmp_path / "gallery", snapshots={}, seeds=range(3))
    build_index(tmp_path / "gallery", registry)
    return tmp_path / "gallery"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("downloads"))
    yield opened
    opened.close()
