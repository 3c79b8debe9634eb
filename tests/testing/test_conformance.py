"""What artgan offers conforms to what it asks of others."""

from __future__ import annotations

import pytest
import torch

from artgan.interfaces import Generator, Loss
from artgan.interfaces.kinds import KINDS
from artgan.plugins.loader import load_plugins
from artgan.plugins.registry import Registry
from artgan.testing import NonConforming, check, check_generator, check_imports, check_loss

REGISTRY = load_plugins().registry
SLOW = {("metric", "likelihood"), ("dataset", "oracle")}
"""What trains a network to measure."""

OFFERED = [
    pytest.param(kind, name, marks=[pytest.mark.slow] if (kind, name) in SLOW else [])
    for kind, interface in KINDS.items()
    for name in REGISTRY.names(interface)
]


@pytest.mark.parametrize(("kind", "name"), OFFERED)
def test_a_built_in_component_conforms(registry: Registry, kind: str, name: str) -> None:
    check(registry.get(KINDS[kind], name))


def test_the_built_in_plugin_imports_nothing_heavy() -> None:
    check_imports("artgan.builtin")


def test_options_are_checked_as_they_were_configured(registry: Registry) -> None:
    cnn = registry.get(Generator, "cnn").configure({"latent": 5, "width": 4})
    check_generator(cnn, shapes=[(2, 17, 40)], classes=0)


def test_a_check_leaves_no_trace_in_the_process(registry: Registry) -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    check(registry.get(Loss, "bce"))
    check(registry.get(Generator, "mlp"))
    assert torch.equal(torch.rand(3), expected)


def test_all_faults_are_told_at_once_one_line_each() -> None:
    class Empty(Loss):
        name = "two words"

        def discriminator(self, turn):
            return (turn.fake_logits - turn.real_logits).mean()

        def generator(self, turn):
            return -turn.fake_logits.detach()

    with pytest.raises(NonConforming) as raised:
        check_loss(Empty)
    faults = raised.value.faults
    assert all("\n" not in fault for fault in faults)
    for phrase in ("'two words' cannot be typed", "no docstring", "leave averaging to the trainer", "no gradient"):
        assert any(phrase in fault for fault in faults), faults
    assert str(raised.value).startswith("loss two words does not conform:\n- ")


@pytest.mark.parametrize(
    ("code", "phrase"),
    [
        ("import torch", "loading it imports torch (wrong.py, line 1): import it in the methods that need it"),
        (
            "import artgan\n@artgan.hookimpl\ndef register_losses():\n    import numpy\n    return []",
            "numpy (wrong.py, ",
        ),
        ("import artgan\n@artgan.hookimpl\ndef register_losses(): 1/0", "register_losses raised ZeroDivisionError"),
        ("import artgan\n@artgan.hookimpl\ndef register_loses(): return []", "did you mean 'register_losses'?"),
        ("import sys\nsys.exit(3)", "failed to import: SystemExit: 3"),
        ("import os\nprint('on', flush=True)\nos._exit(5)", "ends the interpreter with status 5"),
        ("import sys\nprint('[]')\nraise OSError('a\\nb')", "failed to import: OSError: a"),
        ("value = 1", "it has no hooks: mark functions with @artgan.hookimpl"),
    ],
)
def test_a_plugin_that_loads_badly_is_found(tmp_path, code: str, phrase: str) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(code)
    with pytest.raises(NonConforming) as raised:
        check_imports(path)
    assert phrase in str(raised.value)
