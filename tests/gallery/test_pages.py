"""A gallery opens by double click, shows what was made, and runs nothing that anybody wrote into it."""

import dataclasses
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support.moving import frame_count

from artgan.artworks.walk import read_walk
from artgan.builtin.modality.image import ImageModality
from artgan.errors import ArtganError, UsageError
from artgan.gallery import curves
from artgan.gallery.build import Rebuilt, RunRecord, hang, rebuild, without_paths
from artgan.gallery.comparison_page import write_comparison
from artgan.gallery.front_page import build_index
from artgan.gallery.pages import Judged, add_judgement, write_run_pages
from artgan.interfaces import PageAsset
from artgan.schema import FileName, fault

HOSTILE = "</title><script>document.title='owned';console.error('owned')</script>\" onerror=\"alert(1)\" '\u202e&amp;"
HOSTILE_NAME = "<img src=x onerror=console.error('owned')>&\"' %41 javascript:#?\u202eart"
LOG = [{"step": step, "loss_discriminator": 1 / step, "loss_generator": 1 + 0.01 * step} for step in range(1, 600)]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page(HTMLParser):
    """What a page links to, and the text that it shows."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.links, self.text = [], [], ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.links += [value for name, value in attributes if name in ("href", "src") and value != "data:,"]

    def handle_data(self, data):
        self.text += data


def record_of(name="brush", **changes):
    values = {
        "title": "Brush",
        "command": "artgan run --generator cnn --loss bce",
        "device": "CPU",
        "parameters": {"generator": 1234, "discriminator": 5678},
        "log": LOG,
    }
    return RunRecord(name, **{**values, **changes})


@pytest.fixture
def snapshots(model, tmp_path):
    paths = {step: tmp_path / f"snapshots/step-{step:08d}.webp" for step in (0, 50, 100)}
    for path in paths.values():
        model.modality.write_sheet(path, model.render(range(4)), columns=2)
    return paths


@pytest.fixture
def gallery(model, snapshots, tmp_path, registry):
    root = tmp_path / "gallery"
    hang(record_of(), model, gallery=root, snapshots=snapshots, seeds=range(6))
    build_index(root, registry)
    return root


@pytest.fixture
def hostile_gallery(make_model, snapshots, tmp_path, registry):
    root = tmp_path / "hostile"
    model = make_model(run=HOSTILE, dataset=HOSTILE, licence=HOSTILE, source=HOSTILE, versions={HOSTILE: HOSTILE})
    record = record_of(HOSTILE_NAME, title=HOSTILE, command=HOSTILE, device=HOSTILE, parameters={HOSTILE: 1})
    hang(record, model, gallery=root, snapshots=snapshots, seeds=range(3))
    build_index(root, registry)
    return root


def pages_of(gallery):
    return sorted(gallery.rglob("*.html"))


ASSETS = {
    *("style.css", "gallery.js", "live.js", "texts.js"),
    *("directions.css", "directions.js", "mix.js", "prompt.js", "training.css", "training.js"),
}


class TestFolder:
    def test_holds_all_that_a_visitor_needs(self, gallery):
        run = {path.relative_to(gallery / "brush").as_posix() for path in (gallery / "brush").rglob("*")}
        assert {"index.html", "run.json", "model.safetensors", "sheet.png", "cover.png"} <= run
        assert {f"works/seed-0000000{seed}.{kind}" for seed in range(6) for kind in ("png", "json", "html")} <= run
        assert {"timelapse/step-00000000.webp", "timelapse/step-00000050.webp", "timelapse/step-00000100.webp"} <= run
        assert {path.name for path in (gallery / "assets").iterdir()} == ASSETS

    def test_is_left_without_half_made_files(self, gallery):
        assert not list(gallery.rglob(".*"))

    def test_links_only_to_what_lies_in_it(self, gallery, hostile_gallery):
        for root in (gallery, hostile_gallery):
            for page in pages_of(root):
                for link in Page(page).links:
                    parts = urlsplit(link)
                    assert not parts.scheme
                    assert not parts.netloc
                    target = (page.parent / (unquote(parts.path) or page.name)).resolve()
                    assert target.is_file(), link
                    assert target.is_relative_to(root.resolve())

    def test_names_no_person_and_no_folder(self, model, snapshots, tmp_path):
        record = record_of(command="artgan run /home/annelore/prints --out 'C:\\Users\\Annelore K\\art'")
        hang(record, model, gallery=tmp_path / "gallery", snapshots=snapshots, seeds=range(2))
        for path in (tmp_path / "gallery").rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            assert b"annelore" not in content.lower(), path
            assert str(tmp_path).encode() not in content, path

    def test_is_replaced_by_a_second_hanging_but_keeps_what_is_not_its_own(self, gallery, make_model, snapshots):
        (gallery / "brush/samples").mkdir()
        (gallery / "brush/samples/mine.png").write_text("mine")
        other = make_model(seed=1)
        hang(record_of(title="Again"), other, gallery=gallery, snapshots=snapshots, seeds=range(6))
        assert (gallery / "brush/samples/mine.png").read_text() == "mine"
        assert json.loads((gallery / "brush/run.json").read_text())["weights_digest"] == other.weights_digest

    def test_is_untouched_where_hanging_fails(self, gallery, model, snapshots):
        before = {path: path.read_bytes() for path in gallery.rglob("*") if path.is_file()}
        with pytest.raises(FileNotFoundError):
            hang(record_of(), model, gallery=gallery, snapshots={0: Path("missing.png")}, seeds=range(6))
        assert {path: path.read_bytes() for path in gallery.rglob("*") if path.is_file()} == before

    @pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b", ".hidden", "assets"])
    def test_takes_no_run_whose_name_is_no_folder(self, model, tmp_path, name):
        with pytest.raises(UsageError, match="cannot be the name of a run"):
            hang(record_of(name), model, gallery=tmp_path, snapshots={}, seeds=[0])


class TestRunPage:
    def test_tells_how_it_was_made(self, gallery):
        text = Page(gallery / "brush/index.html").text
        for told in [
            "Brush",
            "6 works of the run brush: its generator learned in 3\u00a0min\u00a020\u00a0s",
            "artgan run --generator cnn --loss bce",
            "CC0 1.0",
            "somewhere",
            "generator 1,234, discriminator 5,678",
            "cnn, latent 8, width 2",
            "r1, gamma 1.0",
            "artgan 0.1.0",
            "artgan remake works/seed-00000000.png",
            "artgan sample .",
            "AI-generated",
        ]:
            assert told in text, told

    def test_shows_each_work_with_its_seed_and_leads_to_its_page(self, gallery):
        page = Page(gallery / "brush/index.html")
        for seed in range(6):
            assert f"works/seed-0000000{seed}.html" in page.links
            assert ("img", f"Work from seed {seed}") in [(tag, found.get("alt")) for tag, found in page.tags]

    def test_shows_the_time_lapse_as_a_row_of_pictures_with_their_steps(self, gallery):
        page = Page(gallery / "brush/index.html")
        assert [link for link in page.links if link.startswith("timelapse/")] == [
            f"timelapse/step-00000{step}.webp" for step in ("000", "050", "100")
        ]
        assert "step 50" in page.text

    def test_draws_both_losses(self, gallery):
        html = (gallery / "brush/index.html").read_text()
        assert html.count("<path") == 4
        assert "The generator's ends at" in html

    def test_does_without_losses_and_time_lapse(self, model, tmp_path):
        page = hang(record_of(log=[]), model, gallery=tmp_path, snapshots={}, seeds=[0])
        assert "<svg" not in page.read_text()
        assert "How it learned" not in page.read_text()

    def test_enlarges_small_pictures_with_hard_edges_and_large_ones_smoothly(self, gallery, make_model, tmp_path):
        large = hang(record_of("l"), make_model(shape=(1, 64, 64)), gallery=tmp_path, snapshots={}, seeds=[0])
        assert "pixelated" in (gallery / "brush/index.html").read_text()
        assert "pixelated" not in large.read_text()

    def test_shows_a_walk_through_the_first_works_that_moves(self, gallery):
        page = Page(gallery / "brush/index.html")
        assert "walk.webp" in page.links
        with Image.open(gallery / "brush/walk.webp") as walk:
            assert frame_count(walk) > 20
        assert "works 0, 1, 2, 3, and back to the first" in page.text

    def test_walks_as_its_works_were_made(self, model, tmp_path):
        page = hang(record_of(), model, gallery=tmp_path, snapshots={}, seeds=range(3), truncation=0.5)
        assert read_walk(page.parent / "walk.webp", model.modality)["truncation"] == 0.5

    def test_of_a_strangers_seeds_out_of_range_can_be_built_again(self, gallery, registry):
        path = gallery / "brush/run.json"
        run = json.loads(path.read_text())
        for work in run["works"][1:]:
            work["seed"] = -1
        path.write_text(json.dumps(run | {"walk": None}))
        assert rebuild(gallery, registry) == Rebuilt((), ())
        assert "Between works" not in (gallery / "brush/index.html").read_text()

    def test_of_a_single_work_has_no_walk(self, model, tmp_path):
        page = hang(record_of(), model, gallery=tmp_path, snapshots={}, seeds=[0])
        assert "Between works" not in page.read_text()

    def test_shows_what_an_evaluation_found_and_the_nearest_training_pictures(self, gallery, model, tmp_path):
        model.modality.write_sheet(tmp_path / "nearest.png", model.render(range(4)), columns=2)
        judged = Judged("varied; no copies found.", [["detail", "0.9", "1.0"]])
        add_judgement(gallery / "brush", judged, model.modality, nearest=tmp_path / "nearest.png")
        page = Page(gallery / "brush/index.html")
        assert "Varied; no copies found." in page.text
        assert ".." not in page.text
        assert "Nearest in the data" in page.text
        assert "nearest.png" in page.links
        assert (gallery / "brush/nearest.png").read_bytes() == (tmp_path / "nearest.png").read_bytes()

    def test_can_be_written_again_from_its_record_alone(self, gallery, model):
        before = (gallery / "brush/index.html").read_text()
        (gallery / "brush/index.html").unlink()
        write_run_pages(gallery / "brush", model.modality)
        assert (gallery / "brush/index.html").read_text() == before


class TestWorkPage:
    def test_leads_to_the_works_before_and_after(self, gallery):
        first, second, last = (Page(gallery / f"brush/works/seed-0000000{seed}.html") for seed in (0, 1, 5))
        assert "seed-00000001.html" in first.links
        assert {"seed-00000000.html", "seed-00000002.html"} <= set(second.links)
        assert "seed-00000006.html" not in last.links

    def test_tells_the_command_that_makes_it_again(self, gallery):
        page = Page(gallery / "brush/works/seed-00000003.html").text
        assert "artgan remake seed-00000003.png" in page
        assert "artgan sample .. --seed 3 -n 1" in page


class TestIndex:
    def test_lists_all_runs(self, gallery, model, snapshots, registry):
        hang(record_of("second", title="Second"), model, gallery=gallery, snapshots=snapshots, seeds=range(2))
        assert build_index(gallery, registry) == ()
        page = Page(gallery / "index.html")
        assert {"brush/index.html", "second/index.html", "brush/cover.png"} <= set(page.links)
        assert "brush: 6 works by cnn, trained for 3\u00a0min\u00a020\u00a0s" in page.text
        assert "Machines made these works" in page.text

    def test_of_an_empty_gallery_says_so(self, tmp_path, registry):
        build_index(tmp_path, registry)
        assert "Nothing hangs here yet" in (tmp_path / "index.html").read_text()

    @pytest.mark.parametrize(
        "change",
        [
            {"works": 3},
            {"works": [{"file": "../../evil.png", "seed": 1, "pixels": ""}]},
            {"seconds": "long"},
            {"shape": ["<b>"]},
            {"losses": {"generator": [["M0"]]}},
        ],
    )
    def test_leaves_out_a_run_that_cannot_be_shown_and_says_which(self, gallery, model, snapshots, change, registry):
        hang(record_of("bad"), model, gallery=gallery, snapshots=snapshots, seeds=range(2))
        path = gallery / "bad/run.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
        assert [left.name for left in build_index(gallery, registry)] == ["bad"]
        assert "brush/index.html" in Page(gallery / "index.html").links
        with pytest.raises(ArtganError, match="does not describe a run"):
            write_run_pages(gallery / "bad", model.modality)

    def test_leaves_out_a_run_whose_record_is_no_json(self, gallery, registry):
        (gallery / "brush/run.json").write_text("{")
        assert [left.name for left in build_index(gallery, registry)] == ["brush"]

    def test_shows_a_run_as_it_is_now(self, gallery, model, snapshots, registry):
        hang(record_of(title="Ink"), model, gallery=gallery, snapshots=snapshots, seeds=range(3))
        build_index(gallery, registry)
        page = Page(gallery / "index.html").text
        assert "Ink" in page
        assert "brush: 3 works by cnn" in page
        assert "Brush" not in page

    def test_no_longer_lists_a_run_that_is_gone(self, gallery, registry):
        shutil.rmtree(gallery / "brush")
        build_index(gallery, registry)
        assert "brush" not in Page(gallery / "index.html").text

    def test_is_written_where_nothing_can_be_kept_in_the_cache(self, gallery, registry, monkeypatch, tmp_path):
        (tmp_path / "file").write_text("no folder")
        monkeypatch.setenv("ARTGAN_CACHE", str(tmp_path / "file/cache"))
        (gallery / "index.html").unlink()
        assert build_index(gallery, registry) == ()
        assert "brush: 6 works" in Page(gallery / "index.html").text

    def test_takes_no_run_for_a_comparison(self, gallery, model, registry):
        hang(record_of("compare-a"), model, gallery=gallery, snapshots={}, seeds=range(2))
        (gallery / "compare-a").rename(gallery / "compare-a.html")  # as whoever copies galleries may
        assert build_index(gallery, registry) == ()
        assert "compare-a.html/index.html" in Page(gallery / "index.html").links

    def test_leads_to_the_pages_that_compare_runs(self, gallery, model, registry):
        hang(record_of("second"), model, gallery=gallery, snapshots={}, seeds=range(2))
        page = write_comparison(gallery, ["brush", "second"], [], [], registry)
        build_index(gallery, registry)
        index = Page(gallery / "index.html")
        assert page.name in index.links
        assert "brush, second" in index.text

    def test_shows_the_title_of_a_comparison_from_anybody_as_text(self, gallery, registry):
        (gallery / "compare-x.html").write_text("<title>&lt;script&gt;owned()&lt;/script&gt;</title>")
        build_index(gallery, registry)
        page = Page(gallery / "index.html")
        assert "<script>owned()</script>" in page.text
        assert [found for tag, found in page.tags if tag == "script"] == [{"src": "assets/gallery.js", "defer": None}]


class TestHostileNames:
    def test_are_shown_and_add_neither_tags_nor_attributes(self, hostile_gallery):
        for page in map(Page, pages_of(hostile_gallery)):
            assert [found for tag, found in page.tags if tag == "script"] in (
                [{"src": "assets/gallery.js", "defer": None}],
                [{"src": "../assets/gallery.js", "defer": None}],
                [{"src": "../../assets/gallery.js", "defer": None}],
            )
            assert not [name for _, found in page.tags for name in found if name.startswith("on")]
        assert HOSTILE in Page(hostile_gallery / HOSTILE_NAME / "index.html").text

    def test_meet_a_policy_that_lets_nothing_of_theirs_run(self, hostile_gallery):
        for page in map(Page, pages_of(hostile_gallery)):
            policy = next(found["content"] for tag, found in page.tags if found.get("http-equiv"))
            assert "default-src 'none'" in policy
            assert "media-src 'self' file:;" in policy  # sound and film beside the page, and from nowhere else
            assert "unsafe" not in policy


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
class TestInABrowser:
    FLAGS = (
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        *("--virtual-time-budget=2000", "--enable-logging=stderr", "--v=0", "--dump-dom"),
    )

    def open(self, page, profile):
        command = [CHROMIUM, *self.FLAGS, f"--user-data-dir={profile}", page.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    def test_nothing_runs_but_our_own_script_and_no_page_complains(self, hostile_gallery, tmp_path):
        run = hostile_gallery / HOSTILE_NAME
        for page in (hostile_gallery / "index.html", run / "index.html", run / "works/seed-00000001.html"):
            dom, console = self.open(page, tmp_path / "profile")
            assert console == []
            assert "<title>owned" not in dom
            assert dom.rstrip().endswith("</html>")

    def test_the_time_lapse_becomes_a_slider_that_starts_at_the_end(self, gallery, tmp_path):
        dom, console = self.open(gallery / "brush/index.html", tmp_path / "profile")
        assert console == []
        assert '<ol class="lapse staged">' in dom
        assert re.search(r'<input type="range"[^>]*max="2"[^>]*aria-valuetext="step 100"', dom)
        assert dom.count('class="shown"') == 1


class TestCurves:
    def test_thin_keeps_at_most_so_many_points_and_the_mean(self):
        points = curves.thin(LOG, "loss_generator")
        assert len(points) <= curves.POINTS
        assert np.mean([y for _, y in points]) == pytest.approx(
            np.mean([row["loss_generator"] for row in LOG]), rel=0.01
        )

    def test_thin_leaves_out_what_is_missing_or_not_finite(self):
        rows: list[dict[str, object]] = [
            {"step": 1, "x": 1.0},
            {"step": 2},
            {"step": 3, "x": float("nan")},
            {"step": 4, "x": "1"},
            {"step": 5, "x": 2},
        ]
        assert curves.thin(rows, "x") == [(1.0, 1.0), (5.0, 2.0)]

    def test_a_constant_stays_constant_when_smoothed(self):
        drawn = curves.chart({"generator": [(step, 0.5) for step in range(1, 50)]})
        assert drawn.lines[0].last == pytest.approx(0.5)
        assert {point.split(",")[1] for point in drawn.lines[0].smooth[1:].split("L")} == {"500"}

    def test_a_slope_is_not_shifted_by_smoothing(self):
        line = curves.chart({"generator": [(step, float(step)) for step in range(101)]}).lines[0]
        assert line.smooth.split("L")[20:80] == line.raw.split("L")[20:80]

    def test_ticks_stand_where_their_numbers_lie(self):
        drawn = curves.chart({"generator": [(0, 0.0), (1000, 0.0)]})
        assert [(tick.place, tick.text) for tick in drawn.across] == [
            (0.0, "0"),
            (20.0, "200"),
            (40.0, "400"),
            (60.0, "600"),
            (80.0, "800"),
            (100.0, "1,000"),
        ]

    @given(st.lists(st.tuples(st.integers(0, 10**9), st.floats(-1e9, 1e9)), min_size=2, max_size=40))
    def test_any_losses_can_be_drawn(self, points):
        drawn = curves.chart({"generator": sorted(points)})
        assert drawn.up
        assert all(0 <= tick.place <= 100 for tick in (*drawn.up, *drawn.across))
        assert "nan" not in drawn.lines[0].raw


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("artgan run /home/ann/prints", "artgan run …/prints"),
        ("artgan run ~/prints/", "artgan run …/prints"),
        ("artgan run 'C:\\Users\\Ann Lee\\prints' --seed 1", "artgan run '…/prints' --seed 1"),
        ('path="/home/Ann Lee/my prints"', 'path="…/my prints"'),
        ("folder:path=/home/ann/prints,size=64", "folder:path=…/prints,size=64"),
        (
            "artgan run ./prints and a/b or https://example.org/a/b",
            "artgan run ./prints and a/b or https://example.org/a/b",
        ),
    ],
)
def test_absolute_paths_are_cut_to_their_last_part(text, shown):
    assert without_paths(text) == shown


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", ".hidden", "a\0"])
def test_a_file_name_has_no_folder(name):
    assert fault(name, FileName)
    assert not fault("a.png", FileName)


@dataclasses.dataclass(frozen=True)
class Accompanied(ImageModality):
    """Brings a script and a file that it loads, and leaves a note beside each work."""

    name = "accompanied"
    companions = (".json", ".note")
    folder: str = "."

    def page_assets(self):
        folder = Path(self.folder)
        return [PageAsset(folder / "a player.js", script=True), PageAsset(folder / "wave.bin")]

    def write(self, path, sample, record):
        super().write(path, sample, record)
        path.with_suffix(".note").write_text("a note")


def test_a_modality_brings_scripts_files_and_companions_of_works(make_model, tmp_path):
    (tmp_path / "a player.js").write_text("'use strict';")
    (tmp_path / "wave.bin").write_bytes(b"wave")
    model = dataclasses.replace(make_model(), modality=Accompanied(folder=str(tmp_path)))
    record = RunRecord("with", title="With", command="artgan run", device="CPU", parameters={}, log=[])
    page = hang(record, model, gallery=tmp_path / "gallery", snapshots={}, seeds=range(1))

    assert (tmp_path / "gallery/assets/accompanied/wave.bin").read_bytes() == b"wave"
    work = (page.parent / "works/seed-00000000.html").read_text()
    for shown, root in ((page.read_text(), "../"), (work, "../../")):
        assert f'<script src="{root}assets/accompanied/a%20player.js" defer></script>' in shown
        assert "wave.bin" not in shown
    assert '<a href="seed-00000000.note">NOTE</a>' in work
    assert '<a href="seed-00000000.json">JSON</a>' in work
