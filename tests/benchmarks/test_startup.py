"""A hundred installed plugins do not slow the command line down."""

from __future__ import annotations

import statistics
import time

import pytest
from support.distributions import build_wheel, make_environment, write_distribution

PLUGINS, COMPONENTS, ROUNDS = 100, 10, 15
MOST = 1.5

HEAD = """
from dataclasses import dataclass
import artgan
from artgan import option
from artgan.interfaces import Loss
"""
COMPONENT = '''
@dataclass(frozen=True)
class Loss{number}(Loss):
    """Loss {number} of plugin {plugin}."""
    name = "loss-{plugin}-{number}"
    margin: float = option(1.0, "a margin", min=0)
    def discriminator(self, turn):
        return turn.fake_logits - turn.real_logits + self.margin
    def generator(self, turn):
        return -turn.fake_logits
'''
TAIL = """
@artgan.hookimpl
def register_losses():
    return [{names}]
"""
WITHOUT_TORCH = """
import sys
from artgan.commands.main import main
try:
    main(sys.argv[1:])
except SystemExit as stop:
    assert not stop.code
assert "torch" not in sys.modules and "numpy" not in sys.modules
"""


def code(plugin: int) -> str:
    components = "".join(COMPONENT.format(plugin=plugin, number=number) for number in range(COMPONENTS))
    return HEAD + components + TAIL.format(names=", ".join(f"Loss{number}" for number in range(COMPONENTS)))


@pytest.mark.slow
def test_a_hundred_plugins_cost_at_most_half_as_much_again(tmp_path, capsys):
    environments = {count: make_environment(tmp_path / f"with-{count}") for count in (0, PLUGINS)}
    wheels = [
        build_wheel(write_distribution(tmp_path / f"source-{number}", code(number), name=f"artgan-p{number}"), tmp_path)
        for number in range(PLUGINS)
    ]
    environments[PLUGINS].install(*wheels)
    environments[PLUGINS].artgan("plugins", ARTGAN_CACHE=str(tmp_path / "warm"))  # so that bytecode is there

    def seconds(count: int, *arguments: str, **variables: str) -> float:
        start = time.perf_counter()
        done = environments[count].artgan(*arguments, **variables)
        assert done.returncode == 0, done.stderr
        return time.perf_counter() - start

    for number, command in enumerate((["--help"], ["plugins"])):
        cold = seconds(PLUGINS, *command, ARTGAN_CACHE=str(tmp_path / f"cold-{number}"))
        times: dict[int, list[float]] = {count: [] for count in environments}
        for _ in range(ROUNDS):
            for count, found in times.items():
                found.append(seconds(count, *command))
        none, many = (statistics.median(found) for found in times.values())
        with capsys.disabled():
            print(
                f"\nartgan {command[0]}: {none:.3f} s without plugins, {many:.3f} s with {PLUGINS} of {COMPONENTS} "
                f"components, {many / none:.2f} times; {cold:.3f} s when none is remembered"
            )
        assert many <= MOST * none
        done = environments[PLUGINS].call("-c", WITHOUT_TORCH, *command)
        assert done.returncode == 0, done.stderr
    listed = environments[PLUGINS].artgan("plugins").stdout
    assert all(f"loss-{plugin}-{number}" in listed for plugin in range(PLUGINS) for number in range(COMPONENTS))
