"""The datasets of text: what they hold, and what they do with text that cannot be used."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from artgan.builtin.dataset import Lines, Names, Oracle, Poems
from artgan.errors import ArtganError, UsageError
from artgan.interfaces import Workspace


def texts_of(data, registry):
    return list(registry.modality(data.spec).for_metrics(np.asarray(data.samples)))


def open_lines(workspace, path, **options):
    return Lines.configure({"path": str(path), "held_out": 0, **options}).open(workspace)


def write(tmp_path, content, name="text.txt"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


class TestBundled:
    def test_couplets_are_two_lines_of_five(self, workspace, registry):
        data = Poems().open(workspace)
        assert data.spec.shape == (10, 1000)
        assert not data.spec.ends
        assert len(data) + len(data.held_out) == 17_782
        assert all(len(line) == 5 for text in texts_of(data, registry)[:200] for line in text.split("\n"))

    def test_quatrains_are_four_lines_of_five_and_rare_characters_are_told(self, workspace, registry):
        data = Poems(form="quatrain").open(workspace)
        assert data.spec.shape[0] == 20
        assert all([len(line) for line in text.split("\n")] == [5] * 4 for text in texts_of(data, registry)[:200])
        assert any("is not among the" in item.reason for item in data.left_out)

    def test_names_end_where_they_end(self, workspace, registry):
        data = Names().open(workspace)
        assert data.spec.ends
        assert "Kangnasaurus" in texts_of(data, registry)

    def test_what_is_held_out_is_in_no_training_sample_and_always_the_same(self, workspace, tmp_path):
        first = Poems().open(workspace)
        again = Poems().open(Workspace(tmp_path / "another"))
        assert np.array_equal(first.held_out, again.held_out)
        assert first.fingerprint == again.fingerprint
        train = {row.tobytes() for row in np.asarray(first.samples)}
        assert not any(row.tobytes() in train for row in np.asarray(first.held_out))


class TestOracle:
    def test_uniform_tokens_are_as_unlikely_as_published_and_its_own_are_not(self, workspace):
        oracle = Oracle(vocabulary=5000, count=500, held_out=500)
        data = oracle.open(workspace)
        uniform = np.random.default_rng(0).integers(0, 5000, (500, 20))
        assert 10.9 < oracle.negative_log_likelihood(uniform).mean() < 12.0
        assert 5.5 < oracle.negative_log_likelihood(np.asarray(data.held_out)).mean() < 6.2

    def test_a_smaller_vocabulary_has_the_likelihood_known_for_it(self, workspace):
        oracle = Oracle(count=1000, held_out=1000)
        data = oracle.open(workspace)
        assert 3.5 < oracle.negative_log_likelihood(np.asarray(data.held_out)).mean() < 4.2
        assert (len(data), len(data.held_out)) == (1000, 1000)


class TestLines:
    def test_lines_are_items_and_come_back_as_they_were(self, workspace, tmp_path, registry):
        lines = ["Straße", "naïve", "\u0645\u0631\u062d\u0628\u0627", "山水"]
        data = open_lines(workspace, write(tmp_path, "\n".join(lines)))
        assert texts_of(data, registry) == lines

    def test_paragraphs_are_items_where_asked_for(self, workspace, tmp_path, registry):
        path = write(tmp_path, "one\ntwo\n\n\nthree\n")
        assert texts_of(open_lines(workspace, path, item="paragraph"), registry) == ["one\ntwo", "three"]

    def test_a_folder_is_read_file_by_file(self, workspace, tmp_path, registry):
        folder = tmp_path / "poems"
        folder.mkdir()
        write(folder, "b", "2.txt")
        write(folder, "a", "1.txt")
        assert texts_of(open_lines(workspace, folder), registry) == ["a", "b"]

    def test_a_folder_of_texts_is_told_by_what_it_mostly_holds_and_says_what_it_left_out(
        self, workspace, tmp_path, registry
    ):
        folder = tmp_path / "poems"
        (folder / ".ipynb_checkpoints").mkdir(parents=True)
        write(folder, "a\nb\n", "1.txt")
        for name in (
            "._1.txt",
            ".ipynb_checkpoints/1-checkpoint.txt",
            "desktop.ini",
            "LICENSE.txt",
            "LICENSE",
            "a.pdf",
        ):
            write(folder, "not a poem", name)
        dataset = registry.recognise(folder)
        assert dataset.name == "lines"
        data = open_lines(workspace, folder)
        assert texts_of(data, registry) == ["a", "b"]
        assert data.notes == (
            "passed over hidden or system files and folders (3): ._1.txt, .ipynb_checkpoints, desktop.ini",
            "passed over files besides the texts (2): LICENSE, a.pdf",
        )
        assert [(item.name, item.reason) for item in data.left_out] == [("LICENSE.txt", "tells about the texts")]

    def test_what_is_left_out_has_the_name_that_its_file_has_now(self, workspace, tmp_path):
        for name in ("first.txt", "second.txt"):
            path = write(tmp_path, b"a\n\xff\nb\n", name)
            assert open_lines(workspace, path).left_out[0].name == f"{name}, line 2"

    @pytest.mark.parametrize("others", [["1.odt", "2.odt"], ["1.png", "2.png"]])
    def test_a_folder_of_other_things_is_none_of_texts(self, tmp_path, others):
        for name in [*others, "notes.txt"]:
            write(tmp_path, "words", name)
        assert not Lines.recognises(tmp_path)

    def test_text_of_any_ending_is_read_with_a_word_of_warning(self, workspace, tmp_path, registry):
        path = write(tmp_path, "X:1\nK:D\n", "irish.abc")
        assert registry.recognise(path).name == "lines"
        assert open_lines(workspace, path).notes == ("read as text, by its content: its ending (.abc) is not known",)

    @pytest.mark.parametrize("content", [b"", b"\x00\x01", b"\xff\xfe", b"\x7fELF\x02\x01"])
    def test_a_file_of_unknown_ending_that_is_not_text_is_not_recognised(self, tmp_path, content):
        assert not Lines.recognises(write(tmp_path, content, "strange.bin"))

    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
    def test_lines_end_as_any_system_ends_them(self, workspace, tmp_path, registry, ending):
        assert texts_of(open_lines(workspace, write(tmp_path, ending.join(["one", "two", "three"]))), registry) == [
            "one",
            "two",
            "three",
        ]

    @pytest.mark.parametrize("lines", [["only one line here"], ["alpha", "beta"], ["a", "b", "b", "b"]])
    @pytest.mark.parametrize("share", [0.1, 0.5])
    def test_so_little_text_is_never_held_out_to_nothing(self, workspace, tmp_path, lines, share):
        data = open_lines(workspace, write(tmp_path, "\n".join(lines)), held_out=share)
        assert len(data) + (0 if data.held_out is None else len(data.held_out)) == len(lines)
        assert len(data) >= min(2, len(lines))
        assert any("nothing is held out" in note for note in data.notes) == (data.held_out is None)

    @pytest.mark.parametrize(
        ("content", "advice"),
        [
            ("a b\n".encode("utf-16"), "save the text as UTF-8"),
            (b"word " * 20_000, "put each sample on a line of its own"),
            (b"word " * 30, "allow more tokens with longest="),
        ],
    )
    def test_where_nothing_can_be_used_it_says_what_to_do(self, workspace, tmp_path, content, advice):
        with pytest.raises(ArtganError, match=advice):
            open_lines(workspace, write(tmp_path, content))

    def test_sentences_are_cut_into_words_and_short_lines_into_characters(self, workspace, tmp_path):
        words = open_lines(workspace, write(tmp_path, "a dog on a red sofa\nthe cat sat on the mat\n", "w.txt"))
        characters = open_lines(workspace, write(tmp_path, "dog\ncat\n", "c.txt"))
        assert "dog" in words.spec.tokens
        assert set(characters.spec.tokens) == set("dogcat")

    def test_by_subwords_every_line_is_kept_as_it_was(self, workspace, tmp_path, registry):
        lines = [f"word{number}  with\ta tab, e\u0301 and \u2581 {chr(0x4E00 + number)}" for number in range(60)]
        data = open_lines(
            workspace, write(tmp_path, "\n".join(lines)), tokeniser="subword", vocabulary=300, longest=200
        )
        assert texts_of(data, registry) == lines
        assert data.left_out == ()
        assert data.spec.vocabulary <= 300

    def test_subwords_are_the_same_wherever_they_are_learned(self, workspace, tmp_path):
        path = write(tmp_path, "\n".join(f"line {number} of a song" for number in range(50)))
        first, again = (
            open_lines(place, path, tokeniser="subword") for place in (workspace, Workspace(tmp_path / "another"))
        )
        assert first.spec == again.spec
        assert first.fingerprint == again.fingerprint
        assert np.array_equal(first.samples, again.samples)

    def test_the_same_lines_are_held_out_by_characters_and_by_subwords(self, workspace, tmp_path, registry):
        path = write(tmp_path, "\n".join(f"line {number} of a song" for number in range(200)))
        held_out = [
            registry.modality(data.spec).to_text(data.held_out)
            for data in (open_lines(workspace, path, tokeniser=name, held_out=0.2) for name in ("char", "subword"))
        ]
        assert held_out[0] == held_out[1]

    def test_a_recipe_from_before_texts_were_surveyed_opens_to_the_same_samples(self, workspace, tmp_path):
        verses = [f"{'a dog and a cat and the ' * (n % 3)}verse {n % 40} was here today" for n in range(120)]
        path = write(tmp_path, "\n".join([*verses, "long " * 40]))
        then = {"item": "line", "tokeniser": "auto", "longest": 0, "vocabulary": 2000, "rarest": 1, "unknown": "drop"}
        data = open_lines(workspace, path, **then, held_out=0.1)
        digest = hashlib.sha256(data.samples.tobytes()).hexdigest()
        assert (len(data), data.spec.shape) == (108, (19, 50))
        assert data.fingerprint.startswith("1a160896b414ed4624ada7d4dc13ec37")
        assert digest.startswith("35d63bb52c5080ac00e2474be5091ba1")

    def test_too_small_a_vocabulary_for_subwords_is_refused(self):
        with pytest.raises(UsageError, match="vocabulary = 200 is too small for subword: give 300 or more"):
            Lines.configure({"tokeniser": "subword", "vocabulary": 200})

    def test_rare_words_leave_their_items_out_or_are_marked(self, workspace, tmp_path, registry):
        path = write(tmp_path, "a a b\na a c\na b a\n")
        dropped = open_lines(workspace, path, tokeniser="word", rarest=2)
        assert texts_of(dropped, registry) == ["a a b", "a b a"]
        assert dropped.left_out[0].reason == "'c' is not among the 2 commonest tokens"
        marked = open_lines(workspace, path, tokeniser="word", rarest=2, unknown="mark")
        assert texts_of(marked, registry)[1] == "a a \N{REPLACEMENT CHARACTER}"

    @pytest.mark.parametrize(
        ("bad", "reason"),
        [
            (b"\xff\xfe!", "is no UTF-8 (byte 1 is 0xff)"),
            (b"a\0b", "holds a NUL character"),
            (b"x" * 70_000, "is longer than 65,536 bytes"),
            (b"y" * 200, "has 200 tokens, more than 64"),
        ],
    )
    def test_a_bad_line_is_left_out_with_its_number_and_the_others_stay(
        self, workspace, tmp_path, registry, bad, reason
    ):
        data = open_lines(workspace, write(tmp_path, b"first\n" + bad + b"\nsecond\n"))
        assert texts_of(data, registry) == ["first", "second"]
        assert [(item.name, item.reason) for item in data.left_out] == [("text.txt, line 2", reason)]

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            ("", "holds no text that can be used"),
            ("\n \n\n", "holds no text that can be used"),
            ("same\nsame\nsame\n", "all 3 items of text are equal"),
            ("a\naa\naaa\n", "the vocabulary is 'a' alone"),
            (b"\xff\n\xfe\n", "2 items left out; first text.txt, line 1: is no UTF-8"),
        ],
    )
    def test_text_that_teaches_nothing_is_one_error(self, workspace, tmp_path, content, reason):
        with pytest.raises(ArtganError) as raised:
            open_lines(workspace, write(tmp_path, content))
        assert reason in str(raised.value)
        assert "\n" not in str(raised.value)

    def test_a_missing_path_is_told(self, workspace, tmp_path):
        with pytest.raises(UsageError, match="does not exist"):
            open_lines(workspace, tmp_path / "missing.txt")

    def test_a_text_file_given_as_plain_argument_is_recognised(self, tmp_path, registry):
        assert registry.recognise(write(tmp_path, "a\nb\n", "haiku.txt")).name == "lines"
