"""`artgan blend`, as it is typed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import artgan as package


@pytest.fixture
def two(make_model, tmp_path, monkeypatch):
    """A folder with two models, `one.artgan` and `two.artgan`, of which the second was started from the first."""
    monkeypatch.chdir(tmp_path)
    first = make_model(seed=1, shape=(1, 16, 16), run="one")
    second = make_model(seed=2, shape=(1, 16, 16), run="two", fingerprint="a" * 64)
    first.save(Path("one.artgan"))
    replace(second, provenance=replace(second.provenance, bases=(first.as_base("all"),))).save(Path("two.artgan"))
    return tmp_path


def test_the_blend_makes_works_that_can_be_made_again(artgan, two):
    told = artgan("blend", "one.artgan", "two.artgan", "--at=8")
    assert told.out.startswith("one-two-at-8.artgan: ")
    assert artgan("sample", "one-two-at-8.artgan", "--seed=7", "-n1", "--out=made").code == 0
    (work,) = Path("made").glob("seed-*.png")
    assert "identical" in artgan("remake", work, "--model", "one-two-at-8.artgan").out


@pytest.mark.slow
def test_it_hangs_in_the_gallery_with_both_named(artgan, two):
    told = artgan("blend", "one.artgan", "two.artgan", "--at=8", "--hang")
    page = two / "gallery/one-two-at-8/index.html"
    assert told.out.splitlines()[-1].endswith("gallery/one-two-at-8/index.html")
    assert "layers up to 8 pixels" in page.read_text()
    assert artgan("walk", "one-two-at-8", "--frames=4", "--out=walk.webp").code == 0


def test_a_file_that_exists_is_kept(artgan, two):
    refused = artgan("blend", "one.artgan", "two.artgan", "--at=8", "--out=two.artgan")
    assert refused.code == 2
    assert "two.artgan exists already" in refused.err


def test_in_python(two):
    blended = package.load("one.artgan").blend(package.load("two.artgan"), "both.artgan", at=8)
    assert blended.path == Path("both.artgan")
    assert package.load("both.artgan").provenance == blended.provenance
