"""What a GPU does, in under four minutes: ``python tests/benchmarks/gpu.py`` prints it as a table for a README.

Speed of the default recipe at several sizes, called as it is written and by CUDA graphs, beside a bare loop of the same
networks, eager and compiled; whether graphs come to the same bits; the share of what the hardware could do; whether a
run that is killed ends in the same bits; whether its model makes the same works on a CPU.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

os.environ["ARTGAN_LIVE"] = "0"
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import softplus
from torch.utils.flop_counter import FlopCounterMode

from artgan.interfaces import Data, Spec
from artgan.plugins.loader import load_plugins
from artgan.recipe.compose import compose
from artgan.training.captured_network import Capture, cuda_graphs
from artgan.training.device import fast_precision, prepare_process
from artgan.training.graph_trial import GraphTrial
from artgan.training.trainer import Trainer

SIZES, BATCH, SECONDS = (32, 64, 128), 256, 2.0
PEAKS = {"H200": 989e12, "H100": 989e12, "A100": 312e12, "L40S": 362e12, "L4": 121e12}
"""Dense bfloat16 operations a second, as NVIDIA's data sheets have them."""
GOAL, SIZE_OF_GOAL = 20_000, 64
"""Images a second of 64 pixels on an H100."""


def main() -> int:
    """Measure what is asked for, and print it."""
    parser = argparse.ArgumentParser(prog="python tests/benchmarks/gpu.py", description=__doc__, allow_abbrev=False)
    parser.add_argument("--device", default="cuda", help="[default: cuda]")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="pixels of a side [default: 32 64 128]")
    parser.add_argument("--batch", type=int, default=BATCH, help="[default: 256]")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="that each speed is measured [default: 2]")
    parser.add_argument("--steps", type=int, default=600, help="of the run that is killed [default: 600]")
    parser.add_argument("--backend", default="inductor", help="of torch.compile [default: inductor]")
    asked = parser.parse_args()
    device = torch.device(asked.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        parser.error("there is no CUDA GPU here: --device cpu tries the script itself")

    prepare_process(device)
    print(f"{_name_of(device)}, torch {torch.__version__}, {fast_precision(device)}, batch {asked.batch}\n")
    for line in speeds(device, asked.sizes, asked.batch, asked.seconds, asked.backend):
        print(line, flush=True)
    with tempfile.TemporaryDirectory() as place:
        print("\n" + "\n".join(runs(Path(place), asked.device, asked.steps)))
    return 0


def speeds(device: torch.device, sizes: Sequence[int], batch: int, seconds: float, backend: str) -> Iterator[str]:
    """Yield the rows of a table of images a second, for each size of picture."""
    yield "| pixels | artgan | by graphs | bare loop | bare, compiled | artgan's share of the better | of bf16 peak |"
    yield "|---|---|---|---|---|---|---|"
    trials = []
    for size in sizes:
        game = _trainer(device, size, batch)
        with FlopCounterMode(display=False) as counter:
            game.step()
        own = _images(game.step, batch, seconds, device)
        by_graphs = 0.0
        if device.type == "cuda":
            trial = GraphTrial.compare(game.recipe, game.data, game.modality, device, cuda_graphs, must=True)
            trials.append(f"{size} pixels: {trial.words}")
            if trial.capture:
                by_graphs = _images(_trainer(device, size, batch, trial.capture).step, batch, seconds, device)
        bare = _images(bare_step(_trainer(device, size, batch)), batch, seconds, device)
        compiled = _images(bare_step(_trainer(device, size, batch), backend), batch, seconds, device)
        peak = next((peak for name, peak in PEAKS.items() if name in _name_of(device)), 0)
        best = max(own, by_graphs)
        share = f"{best / batch * counter.get_total_flops() / peak:.1%}" if peak else "not known"
        goal = f" (goal {GOAL:,})" if size == SIZE_OF_GOAL else ""
        graphs = f"{by_graphs:,.0f}" if by_graphs else "none"
        speeds = f"{own:,.0f} | {graphs} | {bare:,.0f} | {compiled:,.0f}"
        yield f"| {size}{goal} | {speeds} | {best / max(bare, compiled):.2f} | {share} |"
    yield from ["", *trials]


def bare_step(game: Trainer, backend: str = "") -> Callable[[], None]:
    """Return a step of the same networks and arithmetic, written out by hand; compiled where a backend is named."""
    device, recipe = game.device, game.recipe
    generator, discriminator = (
        torch.compile(network, backend=backend) if backend else network
        for network in (game.generator, game.discriminator)
    )
    averages, originals = _pairs(game.ema.network, game.generator)
    of_generator, of_discriminator = game.optimisers["generator"], game.optimisers["discriminator"]
    samples = torch.from_numpy(np.asarray(game.data.samples)).to(device)
    batch, latent = recipe.training.batch, recipe.generator.latent
    fast = recipe.training.precision == "bfloat16"

    def precision() -> Any:
        return torch.autocast(device.type, dtype=torch.bfloat16) if fast else nullcontext()

    def judged(shown: Tensor) -> Tensor:
        with precision():
            logits: Tensor = discriminator(shown, None)
        return logits.float()

    def step() -> None:
        chosen = torch.randint(len(samples), (batch,), device=device)
        real = (samples[chosen].float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)
        with precision():
            fake = generator(torch.randn(batch, latent, device=device), None)
        fake = fake.float()
        real_logits, fake_logits = judged(torch.cat([real, fake.detach()])).chunk(2)
        of_discriminator.zero_grad()
        (softplus(-real_logits) + softplus(fake_logits)).mean().backward()
        of_discriminator.step()
        game.discriminator.requires_grad_(False)
        of_generator.zero_grad()
        softplus(-judged(fake)).mean().backward()
        of_generator.step()
        game.discriminator.requires_grad_(True)
        with torch.no_grad():
            torch._foreach_lerp_(averages, originals, 0.01)

    return step


def runs(place: Path, device: str, steps: int) -> Iterator[str]:
    """Yield what became of a run that was killed, and of its model on a CPU."""
    budget = ["--steps", steps, "--set", f"training.checkpoint_every={max(1, steps // 6)}"]
    options = ["--dataset", "tiles", *budget, "--device", device, "--seed", 1, "--threads", 1]
    whole = _started(place, "run", *options, "--name", "whole")  # beside the other, since most of it is starting
    killed = _killed(place, [*options, "--name", "killed"])
    _ended(_started(place, "run", "--resume", "runs/killed", "--device", device), whole)
    same = _digest(place / "runs/whole") == _digest(place / "runs/killed")
    yield f"A run that was killed {killed} and resumed ends in the same bits: {'yes' if same else 'NO'}."

    sample = ["sample", "runs/whole", "--seed", 1, "-n", 4, "--out"]
    _ended(_started(place, *sample, "here"), _started(place, *sample, "cpu", CUDA_VISIBLE_DEVICES=""))
    here, cpu = ([path.read_bytes() for path in sorted((place / name).rglob("*.png"))] for name in ("here", "cpu"))
    assert here
    yield f"Its model makes the same works where there is no GPU: {'yes' if here == cpu else 'NO'}."


def _trainer(device: torch.device, size: int, batch: int, capture: Capture | None = None) -> Trainer:
    """Return a trainer of the default recipe on noise of a size, so that nothing is decoded."""
    registry = load_plugins().registry
    tables = {"training": {"steps": 10**6, "batch": batch}, "dataset": {"name": "tiles"}, "loss": {"name": "bce"}}
    recipe = compose(registry, tables, "default").with_precision(fast_precision(device))
    noise = np.random.default_rng(0).integers(0, 256, (4 * batch, 3, size, size), dtype=np.uint8)
    data = Data(Spec("image", (3, size, size)), noise, None, "0" * 64, "noise", "none", "noise")
    return Trainer(recipe=recipe, data=data, modality=registry.modality(data.spec), device=device, capture=capture)


def _pairs(average: nn.Module, network: nn.Module) -> tuple[list[Tensor], list[Tensor]]:
    pairs = [*zip(average.parameters(), network.parameters(), strict=True)]
    pairs += [pair for pair in zip(average.buffers(), network.buffers(), strict=True) if pair[0].is_floating_point()]  # type: ignore[misc]
    return [pair[0].detach() for pair in pairs], [pair[1].detach() for pair in pairs]


def _images(step: Callable[[], None], batch: int, seconds: float, device: torch.device) -> float:
    """Return how many images a second a step trains on."""
    wait: Callable[[], object] = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    for _ in range(3):
        step()
    wait()
    begun, steps = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        for _ in range(10):
            step()
        wait()
        steps += 10
    return steps * batch / (time.perf_counter() - begun)


def _killed(place: Path, options: list[Any]) -> str:
    """Start a run, kill it once it has saved a checkpoint, and return in words when that was."""
    run = _started(place, "run", *options)
    checkpoints = place / "runs/killed/checkpoints"
    while run.poll() is None and not any(checkpoints.glob("[!.]*")):
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    run.wait()
    saved = sorted(path.name for path in checkpoints.glob("[!.]*"))
    return f"after {saved[-1]}" if saved else "before its first checkpoint"


def _digest(run: Path) -> str:
    """Return the digest of the tensors in the newest checkpoint of a run; the rest of it names the run."""
    newest = max((run / "checkpoints").iterdir(), key=lambda path: path.name)
    found = hashlib.sha256()
    for path in sorted(newest.rglob("*.safetensors")):
        for name, tensor in sorted(load_file(path).items()):
            found.update(name.encode() + tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return found.hexdigest()


def _started(place: Path, *arguments: Any, **variables: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "artgan", *map(str, arguments)]
    return subprocess.Popen(command, cwd=place, stderr=subprocess.DEVNULL, env={**os.environ, **variables})


def _ended(*processes: subprocess.Popen[bytes]) -> None:
    """Wait for processes, which must end well."""
    for process in processes:
        if code := process.wait():
            raise subprocess.CalledProcessError(code, process.args)


def _name_of(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"


if __name__ == "__main__":
    sys.exit(main())
