"""Animations: what was given is in them, frame by frame, and their record is read from them whatever they hold."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from support.moving import RECORD, frame_count, samples

from artgan import ArtganError, UsageError
from artgan.builtin.modality.animation import read_animation, write_animation
from artgan.builtin.modality.animation_files import LARGEST_TEXT

STILL = (".webp", ".png", ".gif")
VIDEO = (".mp4", ".webm")


def frames_of(path):
    with Image.open(path) as moving:
        for number in range(frame_count(moving)):
            moving.seek(number)
            yield moving.copy()


class TestWriting:
    @pytest.mark.parametrize("channels", [1, 2, 3, 4])
    def test_a_png_holds_every_pixel(self, tmp_path, channels):
        write_animation(tmp_path / "w.png", samples(5, channels), 5, 24, RECORD)
        shown = list(frames_of(tmp_path / "w.png"))
        assert len(shown) == 5
        for frame, sample in zip(shown, samples(5, channels), strict=True):
            assert frame.info["duration"] == pytest.approx(42)
            assert np.array_equal(np.array(frame).reshape(64, 64, -1).transpose(2, 0, 1), sample)

    def test_a_png_of_one_frame_is_one(self, tmp_path):
        write_animation(tmp_path / "w.png", samples(1), 1, 24, RECORD)
        assert len(list(frames_of(tmp_path / "w.png"))) == 1

    @pytest.mark.parametrize("channels", [1, 3, 4])
    def test_a_gif_holds_every_frame_and_grey_ones_exactly(self, tmp_path, channels):
        write_animation(tmp_path / "w.gif", samples(5, channels), 5, 25, RECORD)
        shown = list(frames_of(tmp_path / "w.gif"))
        assert len(shown) == 5
        for frame, sample in zip(shown, samples(5, channels), strict=True):
            assert (frame.info["duration"], frame.info["loop"]) == (40, 0)
            pixels = np.array(frame.convert("RGBA")).transpose(2, 0, 1).astype(int)
            seen = np.broadcast_to(sample[3] > 0 if channels == 4 else True, (64, 64))
            colours = sample[:3] if channels > 1 else np.repeat(sample, 3, 0)
            assert np.abs(pixels[:3] - colours)[:, seen].max() <= (0 if channels == 1 else 60)
            assert np.array_equal(pixels[3] > 0, seen)

    def test_a_webp_shows_every_frame(self, tmp_path):
        write_animation(tmp_path / "w.webp", samples(5, 3), 5, 24, RECORD)
        for frame, sample in zip(frames_of(tmp_path / "w.webp"), samples(5, 3), strict=True):
            assert np.abs(np.array(frame.convert("RGB")).transpose(2, 0, 1).astype(int) - sample).mean() < 12

    @pytest.mark.parametrize("suffix", STILL)
    def test_goes_round_for_ever_and_is_marked_and_carries_its_record(self, tmp_path, suffix):
        path = tmp_path / f"w{suffix}"
        write_animation(path, samples(), 5, 24, RECORD)
        content = path.read_bytes()
        assert b"<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org" in content
        assert b"trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>" in content
        assert read_animation(path) == json.loads(path.with_suffix(".json").read_text()) == RECORD
        with Image.open(path) as moving:
            assert moving.info["loop"] == 0

    def test_leaves_nothing_behind_where_it_is_stopped(self, tmp_path):
        def stopped():
            yield from samples(2)
            raise KeyboardInterrupt

        for suffix in STILL:
            with pytest.raises(KeyboardInterrupt):
                write_animation(tmp_path / f"w{suffix}", stopped(), 5, 24, RECORD)
        assert list(tmp_path.iterdir()) == []


class TestVideo:
    @pytest.mark.parametrize("suffix", VIDEO)
    @pytest.mark.parametrize(("channels", "side"), [(1, 64), (4, 51)])
    def test_holds_every_frame_and_its_record(self, tmp_path, suffix, channels, side):
        av = pytest.importorskip("av")
        path = tmp_path / f"w{suffix}"
        write_animation(path, samples(9, channels, side), 9, 12.5, RECORD)
        with av.open(str(path)) as video:
            told = {name.lower(): text for name, text in video.metadata.items()}
            (stream,) = video.streams.video
            assert stream.average_rate == 12.5
            shown = [frame.to_ndarray(format="gray") for frame in video.decode(stream)]
        assert "trainedAlgorithmicMedia" in told["comment"]
        assert json.loads(told["description"]) == RECORD
        assert read_animation(path) == RECORD
        even = side + side % 2
        assert [frame.shape for frame in shown] == [(even, even)] * 9
        if channels == 1:
            for frame, sample in zip(shown, samples(9, 1, side), strict=True):
                assert np.abs(frame.astype(int) - sample[0]).mean() < 12

    def test_without_av_says_what_to_install(self, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "av", None)
        with pytest.raises(UsageError, match="pip install av"):
            write_animation(tmp_path / "w.mp4", samples(), 5, 24, RECORD)
        assert list(tmp_path.iterdir()) == []

    def test_without_its_record_beside_it_says_so(self, tmp_path):
        (tmp_path / "w.mp4").write_bytes(b"video")
        with pytest.raises(ArtganError, match="is no animation that artgan can read"):
            read_animation(tmp_path / "w.mp4")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walks")
    for suffix in STILL:
        write_animation(folder / f"w{suffix}", samples(3, 1, 50), 3, 24, RECORD)
    return {suffix: (folder / f"w{suffix}").read_bytes() for suffix in STILL}


class TestReading:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
    @given(data=st.data(), suffix=st.sampled_from(STILL))
    def test_a_damaged_file_is_refused_in_one_line_or_tells_a_table(self, written, tmp_path, data, suffix):
        content = bytearray(written[suffix])
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, min(len(content) - 1, 2500)))] = data.draw(st.integers(0, 255))
        path = tmp_path / f"w{suffix}"
        path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
        try:
            assert isinstance(read_animation(path), dict)
        except ArtganError as error:
            assert len(str(error).splitlines()) == 1  # noqa: PT017  (it may be raised or not)

    @pytest.mark.parametrize("suffix", STILL)
    def test_a_plain_picture_carries_no_record(self, tmp_path, suffix):
        Image.new("L", (20, 20)).save(tmp_path / f"plain{suffix}")
        with pytest.raises(ArtganError, match="it carries no record"):
            read_animation(tmp_path / f"plain{suffix}")

    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            ("w.png", b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 2**31) + b"iTXt", "too long"),
            ("w.png", b"\x89PNG\r\n\x1a\n" + (struct.pack(">I", 0) + b"abcd" + bytes(4)) * 300_000, "too many parts"),
            ("w.webp", b"RIFF\0\0\0\0WEBPXMP " + struct.pack("<I", 2**32 - 1), "too long"),
            ("w.webp", b"RIFF\0\0\0\0WEBP" + b"ANMF\0\0\0\0" * 300_000, "too many parts"),
            ("w.webp", b"RIFF\0\0\0\0WEBPXMP \2\0\0\0\xff\xfe", "no text"),
            ("w.gif", b"GIF89a" + bytes(7) + b"\x21\xff\x0bXMP DataXMP" + b"x" * 10**6, "no end"),
            ("w.gif", b"GIF89a" + bytes(7) + b"\x21\xfe\x01a\0" * 300_000, "too many parts"),
            ("w.mp4", b"", "ends|JSON|record"),
            ("w.png", b"GIF89a", "no PNG"),
        ],
    )
    def test_hostile_files_are_refused_in_bounded_time(self, tmp_path, name, content, reason):
        (tmp_path / name).write_bytes(content)
        (tmp_path / "w.json").write_text("[" * LARGEST_TEXT)
        with pytest.raises(ArtganError, match=f"is no animation.*({reason})" if name != "w.mp4" else "is no animation"):
            read_animation(tmp_path / name)

    def test_numbers_that_are_none_are_refused(self, written, tmp_path):
        path = tmp_path / "w.png"
        path.write_bytes(written[".png"].replace(b'"share": 0.1', b'"share": NaN'))
        with pytest.raises(ArtganError, match="NaN is not a number"):
            read_animation(path)


PEAK = """
import re, sys
from pathlib import Path
sys.path[:0] = {tests!r}
from support.moving import RECORD, frame_count, samples
from artgan.builtin.modality.animation import write_animation
write_animation(Path({path!r}), samples({count}, {channels}, 192), {count}, 24, RECORD)
print(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read as Linux tells it")
@pytest.mark.parametrize(("suffix", "channels"), [(".webp", 3), (".png", 3), (".gif", 1)])
def test_a_long_walk_takes_no_more_memory_than_a_short_one(tmp_path, suffix, channels):
    """Kept frames would take 21 MB a channel, 570 of 192 × 192: a ratio of 1.3 (GIF) to 2.2.

    WebP's encoder keeps what it has compressed.
    """
    peaks = []
    for count in (30, 600):
        tests, path = [part for part in sys.path if part], str(tmp_path / f"w{suffix}")
        code = PEAK.format(tests=tests, path=path, count=count, channels=channels)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout))
    assert peaks[1] < 1.15 * peaks[0], peaks
