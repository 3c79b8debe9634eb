"""`artgan evaluate` as a person types it: what there is to choose from is listed by what is installed."""

from __future__ import annotations

import click
import pytest
from click.shell_completion import ShellComplete

from artgan.commands.main import cli
from artgan.interfaces import Features, Metric

PLUGIN = '''
import artgan
from artgan.interfaces import Metric


class Sparkle(Metric):
    """How much pictures sparkle."""

    name = "sparkle"

    def measure(self, real, fake):
        return {"sparkle": 1.0}


@artgan.hookimpl
def register_metrics():
    return [Sparkle]
'''


def listed(text: str, option: str) -> set[str]:
    """Return the names that the help of an option ends with."""
    words = " ".join(text.partition("Options:")[2].split())
    help_of_option = words[words.index(f" {option} ") :]
    return set(help_of_option[: help_of_option.index(" --", 1)].rpartition("[")[2].rstrip("]").split(", "))


@pytest.mark.parametrize(("option", "interface"), [("--metric", Metric), ("--features", Features)])
def test_help_lists_what_is_registered(artgan, registry, option, interface):
    assert listed(artgan("evaluate", "--help").out, option) == set(registry.names(interface))


def test_help_lists_a_metric_of_a_plugin(artgan, tmp_path):
    (tmp_path / "sparkle.py").write_text(PLUGIN, encoding="utf-8")
    assert "sparkle" in listed(artgan("evaluate", "--plugin", "sparkle.py", "--help").out, "--metric")


def test_the_shell_completes_metrics_with_what_they_are(registry):
    complete = ShellComplete(cli, {}, "artgan", "_ARTGAN_COMPLETE")
    found = {item.value: item.help for item in complete.get_completions(["evaluate", "a", "--metric"], "co")}
    assert found.keys() == {name for name in registry.names(Metric) if name.startswith("co")}
    assert found["coverage"] == registry.get(Metric, "coverage").summary()


@pytest.mark.parametrize("count", ["99", "many"])
def test_a_count_that_measures_nothing_is_refused_before_anything_is_loaded(artgan, count):
    refused = artgan("evaluate", "nowhere", "-n", count)
    assert (refused.code, refused.err.count("\n")) == (click.UsageError.exit_code, 1)
    assert "--count" in refused.err
