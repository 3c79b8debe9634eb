"""A hundred installed plugins do not slow the command line down."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.ratio import Ratio
from support.distributions import Environment, build_wheel, make_environment, write_distribution

PLUGINS, COMPONENTS, ROUNDS = 100, 10, 11

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


def code(plugin: int) -> str:
    components = "".join(COMPONENT.format(plugin=plugin, number=number) for number in range(COMPONENTS))
    return HEAD + components + TAIL.format(names=", ".join(f"Loss{number}" for number in range(COMPONENTS)))


def measure(place: Path) -> Iterator[Ratio]:
    """Call `artgan` in an environment without plugins and in one with many, in turns."""
    none, many = (make_environment(place / f"with-{count}") for count in (0, PLUGINS))
    many.install(
        *(
            build_wheel(write_distribution(place / f"source-{number}", code(number), name=f"artgan-p{number}"), place)
            for number in range(PLUGINS)
        )
    )
    seconds(many, "plugins", ARTGAN_CACHE=str(place / "warm"))  # so that bytecode is there
    for command in ("--help", "plugins"):
        cold = seconds(many, command, ARTGAN_CACHE=str(place / f"cold-{command}"))
        times = [(seconds(none, command), seconds(many, command)) for _ in range(ROUNDS)]
        before, after = (statistics.median(found) for found in zip(*times, strict=True))
        remark = f"{before:.3f} s without, {after:.3f} s with {PLUGINS} of {COMPONENTS} components, {cold:.3f} s cold"
        yield Ratio(
            f"time of artgan {command} with plugins, of that without", after / before, at_most=1.5, remark=remark
        )


def seconds(environment: Environment, *arguments: str, **variables: str) -> float:
    start = time.perf_counter()
    done = environment.artgan(*arguments, **variables)
    taken = time.perf_counter() - start
    assert done.returncode == 0, done.stderr
    return taken
