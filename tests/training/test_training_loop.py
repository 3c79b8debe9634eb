"""What a run leaves behind on its way."""

import torch

from artgan.interfaces import Observer, Workspace
from artgan.training.average_samples import average_samples
from artgan.training.run import Run
from artgan.training.snapshots import COLUMNS, SHEET_SEEDS
from artgan.training.training_loop import TrainingLoop


def test_a_snapshot_shows_what_the_average_generator_makes_of_the_first_seeds(small, registry, tmp_path):
    recipe = small(training={"steps": 4, "snapshots": 1})
    data = recipe.dataset.open(Workspace(cache=tmp_path / "cache"))
    modality, device = registry.modality(data.spec), torch.device("cpu")
    run = Run(folder=tmp_path / "run", recipe=recipe, data=data, modality=modality, registry=registry, device=device)
    run.create("artgan run")
    TrainingLoop(run, Observer()).train()

    expected = tmp_path / f"sheet{modality.sheet_suffix}"
    modality.write_sheet(expected, average_samples(run.trainer, SHEET_SEEDS), columns=COLUMNS)
    assert run.snapshots.of_step(4).path.read_bytes() == expected.read_bytes()
