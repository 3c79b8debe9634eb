"""Checks that generators, discriminators and augmentations share."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from ..interfaces import Augmentation, Discriminator, Generator
from ..interfaces.networks import SelfSupervisedDiscriminator
from .findings import Check, Findings, attempt
from .network_case import Case, WantedCases, awake, find_cases
from .process_state import changed_switches, isolated, next_numbers, same

N = TypeVar("N", Generator, Discriminator, Augmentation)


def find_network_faults(
    component: N, wanted: WantedCases, *, declaration: Iterable[Check[N]], checks: Sequence[Check[Case]]
) -> Findings:
    """Return what is wrong with a component that builds a network.

    Args:
        component: what is checked.
        wanted: what its networks are tried on.
        declaration: what is looked at in the component itself.
        checks: what is looked at in each case whose network runs at all.
    """
    findings = Findings()
    with isolated():
        findings.find_faults(declaration, component)
        for case in find_cases(component, wanted, findings):
            if findings.find_faults([runs], case, case.place):
                findings.find_faults(checks, case, case.place)
    return findings


def leaves_the_process_as_it_was(case: Case) -> Iterator[str]:
    """Find changed global switches and random states that were seeded."""
    for what, mode in (("build", None), ("forward", True), ("forward", False)):
        network = case.build().train(bool(mode))
        numbers = []
        with changed_switches() as changed:
            for seed in (1, 2):
                if mode is None:
                    case.build(seed)
                else:
                    case.forward(network, seed=seed)
                numbers.append(next_numbers())
        for name in changed:
            yield f"{what} changes {name}: leave torch's settings alone"
        for name, number in numbers[0].items():
            if number == numbers[1][name]:
                yield f"{what} seeds {name}: leave the random state to the trainer"


def has_known_weights(case: Case) -> Iterator[str]:
    """Find weights of unknown size, none at all, and state that no file can hold."""
    network = case.build()
    if any(
        isinstance(tensor, UninitializedParameter | UninitializedBuffer)
        for tensor in [*network.parameters(), *network.buffers()]
    ):
        yield "build makes lazy layers, whose weights are not known before the first batch: size them by the spec"
    for name, value in network.state_dict().items():
        if not isinstance(value, Tensor):
            yield f"the state {name!r} is a {type(value).__name__}: keep state in buffers"


def learns(case: Case) -> Iterator[str]:
    """Find networks without anything to train."""
    if not any(parameter.requires_grad for parameter in case.build().parameters()):
        yield "the network has no parameters to train: make weights of nn.Parameter"


def can_be_copied(case: Case) -> Iterator[str]:
    """Find networks that no moving average can be made of."""
    network = case.build()
    case.forward(network)
    with attempt("copy.deepcopy of the network"):
        copy.deepcopy(network)
    return iter(())


def draws_weights_from_torch_alone(case: Case) -> Iterator[str]:
    """Find weights that a run's seed does not determine."""
    first, second = (case.build(seed=1, other=other).state_dict() for other in (1, 2))
    differing = [name for name in first if name not in second or not same(first[name], second[name], 0)]
    if differing or len(first) != len(second):
        yield (
            f"two networks built under one torch seed differ (in {', '.join(differing[:3])}): "
            "draw weights from torch's global random state alone"
        )


def runs(case: Case) -> Iterator[str]:
    """Find networks that fail at once."""
    network = case.build()
    case.forward(network.train(), what="forward in training mode")
    case.forward(network.eval(), what="forward in evaluation mode")
    case.forward(network.train(), what="forward in training mode after evaluation mode")
    return iter(())


def takes_a_batch_of_one(case: Case) -> Iterator[str]:
    """Find networks that cannot render a single sample."""
    network = case.build().eval()
    with torch.inference_mode():
        output = case.forward(network, case.inputs(1), what="forward of a batch of 1")
    if output.shape[:1] != (1,):
        yield f"forward of a batch of 1 gives {tuple(output.shape)}: squeeze no axis but those you name"


def is_the_same_in_float64(case: Case) -> Iterator[str]:
    """Find parts that stay in float32, or lose precision."""
    network = case.build().eval()
    single = case.forward(network)
    double = _double(case, network, case.inputs(dtype=torch.float64))
    if double.dtype != torch.float64:
        yield f"in float64, forward gives {_name(double.dtype)}: make new tensors in the dtype of the input"
    elif not draws_tokens(case) and not same(single, double, 1e-2):
        yield "in float64, forward gives something else than in float32: keep to the dtype of the input"


def runs_in_bfloat16(case: Case) -> Iterator[str]:
    """Find what breaks under the autocast that the trainer uses, and that works on the way are made in."""
    with torch.autocast("cpu", torch.bfloat16):
        output = case.forward(case.build().train(), what="forward under bfloat16 autocast")
        with torch.inference_mode():
            judged = case.forward(case.build().eval(), what="forward in evaluation under bfloat16 autocast")
    if not (output.isfinite().all() and judged.isfinite().all()):
        yield "under bfloat16 autocast, forward gives infinite numbers or NaN: compute what overflows in float32"


def runs_channels_last(case: Case) -> Iterator[str]:
    """Find what fails on the memory format that the trainer uses."""
    network, inputs = case.build().eval(), case.inputs()
    expected = case.forward(network, inputs)
    if inputs.dim() == 4:
        inputs = inputs.contiguous(memory_format=torch.channels_last)
    with attempt("moving the network to channels-last"):
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    output = case.forward(network, inputs, what="forward of channels-last memory (reshape or flatten instead of view)")
    if not same(expected, output, 1e-4):
        yield "forward gives something else in channels-last memory: do not depend on strides"


def stays_on_its_device(case: Case) -> Iterator[str]:
    """Find tensors that are made on the CPU wherever the network is."""
    with attempt("build on the device meta, as models are checked before they are loaded"), torch.device("meta"):
        network = case.component.build(case.spec)
    expected = {name: value.shape for name, value in case.build().state_dict().items()}
    if {name: value.shape for name, value in network.state_dict().items()} != expected:
        yield "build on the device meta gives weights of other shapes: make weights the same way on all devices"
    labels = case.labels()
    try:
        network.train()(case.inputs().to("meta"), None if labels is None else labels.to("meta"))
    except Exception as error:  # meta tensors have no values: what branches on them may fail
        if "is not on the expected device" in str(error):
            yield "forward makes tensors on the CPU and mixes them with its input: make them on the input's device"


def keeps_its_input(case: Case) -> Iterator[str]:
    """Find inputs that are changed in place."""
    for mode in (True, False):
        network, inputs = case.build().train(mode), case.inputs()
        before = inputs.clone()
        case.forward(network, inputs)
        if not torch.equal(before, inputs):
            yield "forward changes its input in place: work on a new tensor"
            return


def is_repeatable(case: Case) -> Iterator[str]:
    """Find randomness of which a run's seed knows nothing, and any in evaluation."""
    network = case.build()
    twins = [copy.deepcopy(network).train() for _ in range(2)]
    first, second = (case.forward(twin, seed=1, other=other) for twin, other in zip(twins, (1, 2), strict=True))
    if not same(first, second, 1e-6):
        yield "in training, forward gives something else for the same torch seed: draw from torch's random state alone"
    network.eval()
    seed = 1 if draws_tokens(case) else 2
    first, second = case.forward(network, seed=1, other=1), case.forward(network, seed=seed, other=2)
    if not same(first, second, 1e-6):
        yield "in evaluation, forward gives something else each time: draw nothing and change no state there"


def draws_tokens(case: Case) -> bool:
    """Return whether a network may draw on its way in evaluation, as generators of tokens must."""
    return isinstance(case.component, Generator) and case.spec.vocabulary > 0


def treats_each_sample_alone(case: Case) -> Iterator[str]:
    """Find samples that depend on their order or on their company, in evaluation."""
    if draws_tokens(case):
        return
    network, inputs, labels = case.build().eval(), case.inputs(dtype=torch.float64), case.labels()
    network = _doubled(network)
    with torch.no_grad():
        whole = _double(case, network, inputs)
        order = torch.tensor([2, 0, 3, 1])
        permuted = _double(case, network, inputs[order], None if labels is None else labels[order])
        alone = _double(case, network, inputs[:1], None if labels is None else labels[:1])
    if whole.shape[:1] != (len(inputs),) or alone.shape[:1] != (1,):
        return
    if not same(whole[order], permuted, 1e-7):
        yield "in evaluation, forward depends on the order of the batch: treat each sample alone"
    elif not same(whole[:1], alone, 1e-7):
        yield "in evaluation, forward depends on the rest of the batch: treat each sample alone"


def saves_its_state(case: Case) -> Iterator[str]:
    """Find state that a checkpoint would lose."""
    first, second = case.build(seed=1), case.build(seed=2)
    for step in range(3):
        case.forward(first.train(), case.inputs(seed=step), seed=step)
    with attempt("load_state_dict of a trained network's state_dict in a new network"):
        second.load_state_dict(first.state_dict())
    for mode in (False, True):
        expected, output = (case.forward(network.train(mode), seed=5) for network in (first, second))
        if not same(expected, output):
            yield "a network that was saved and loaded goes on differently: keep all state in parameters and buffers"
            return


def answers_its_input(case: Case, axis: str) -> Iterator[str]:
    """Find outputs that are the same for all inputs."""
    network = awake(case.build()).eval()
    output = case.forward(network, case.inputs(2), labels=None if case.labels() is None else torch.zeros(2).long())
    if len(output) == 2 and torch.equal(output[0], output[1]):
        yield f"forward gives the same for different {axis}: use them"


def passes_gradients_on(case: Case, axis: str) -> Iterator[str]:
    """Find detached graphs and parameters that nothing trains."""
    network, inputs = awake(case.build()).train(), case.inputs().requires_grad_()
    network.zero_grad()
    output = case.forward(network, inputs)
    if not output.requires_grad:
        yield "what forward gives is detached from the graph: use no detach, no_grad, numpy or item on the way"
        return

    weights = torch.rand(output.shape, generator=torch.Generator().manual_seed(1)).to(output)
    taught = (output * weights).sum()
    if isinstance(network, SelfSupervisedDiscriminator):
        with attempt("self_supervised_loss"):
            taught = taught + network.self_supervised_loss(case.inputs(), case.labels()).sum()
    with attempt("backward"):
        taught.backward()  # type: ignore[no-untyped-call]
    if inputs.grad is None or not inputs.grad.any():
        yield f"no gradient reaches the {axis}: keep the graph from input to output"

    idle = [name for name, weight in network.named_parameters() if weight.requires_grad and weight.grad is None]
    if idle:
        yield f"no gradient reaches {', '.join(idle[:5])}: use these parameters in forward, or do not make them"
    gradients = [inputs.grad, *(weight.grad for weight in network.parameters())]
    if not all(gradient is None or gradient.isfinite().all() for gradient in gradients):
        yield "gradients are infinite or NaN: avoid roots, logarithms and quotients at zero"


SHARED = [
    has_known_weights,
    can_be_copied,
    leaves_the_process_as_it_was,
    draws_weights_from_torch_alone,
    takes_a_batch_of_one,
    is_the_same_in_float64,
    runs_in_bfloat16,
    runs_channels_last,
    stays_on_its_device,
    keeps_its_input,
    is_repeatable,
    treats_each_sample_alone,
    saves_its_state,
]


def _doubled(network: nn.Module) -> nn.Module:
    with attempt("turning the network to float64"):
        return network.double()


def _double(case: Case, network: nn.Module, inputs: Tensor, labels: Tensor | None = None) -> Tensor:
    return case.forward(_doubled(network), inputs, what="forward in float64", labels=labels)


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
