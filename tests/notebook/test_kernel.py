"""A run in a notebook with a real kernel: its cell is interrupted, its kernel dies, two notebooks want it."""

from __future__ import annotations

import signal

import pytest
from support.processes import wait_for

from artgan.training.checkpoint import checkpoints

kernels = pytest.importorskip("jupyter_client.manager")

TRAIN = """
import artgan
run = artgan.run({source!r}, steps={steps}, threads=1, name="bars", quiet=True, generator="cnn:width=2,latent=4",
                 discriminator="cnn:width=2", batch=8, settings={{"training": {{"checkpoint_every": 20}}}})
print(run.stopped_by, run.step < run.steps)
"""


class Notebook:
    """A kernel, and what its cells print."""

    def __init__(self, folder):
        self.manager, self.client = kernels.start_new_kernel(cwd=str(folder))

    def begin(self, code):
        """Run a cell, and do not wait for it."""
        self.client.execute(code)

    def ends_with(self):
        """Wait for the cell, and return what it printed, or the last line of its error."""
        told = []

        def listen(message):
            content = message["content"]
            told.append(content.get("text") or content.get("evalue") or "")

        while (message := self.client.get_iopub_msg(timeout=200))["header"]["msg_type"] != "status" or (
            message["content"]["execution_state"] != "idle"
        ):
            listen(message)
        return "".join(told)

    def run(self, code):
        self.begin(code)
        return self.ends_with()

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def notebook(tmp_path):
    opened = []

    def open_one():
        opened.append(Notebook(tmp_path))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.mark.slow
def test_a_run_survives_its_cell_its_kernel_and_a_second_notebook(notebook, pictures, tmp_path):
    run = tmp_path / "runs/bars"
    first, second = notebook(), notebook()
    first.begin(TRAIN.format(source=str(pictures), steps=1_000_000))
    wait_for(lambda: checkpoints(run / "checkpoints"), 200)
    refused = second.run("import artgan; artgan.resume('bars', quiet=True)")
    assert "run bars is being trained by process" in refused

    # Interrupted, it is saved.
    first.manager.interrupt_kernel()
    assert f"{int(signal.SIGINT)} True" in first.ends_with()

    # It goes on; killed, it goes on from its last checkpoint in the other notebook.
    saved = checkpoints(run / "checkpoints")[0]
    first.begin("run = artgan.resume('bars', quiet=True)")
    wait_for(lambda: checkpoints(run / "checkpoints")[0].name > saved.name, 200)
    first.manager.shutdown_kernel(now=True)
    kept = int(checkpoints(run / "checkpoints")[0].name.removeprefix("step-"))
    assert f"from {kept}" in second.run(
        "class Told(artgan.interfaces.Observer):\n"
        "    def run_started(self, run):\n"
        "        print('from', run.first_step)\n"
        f"artgan.resume('bars', steps={kept + 1}, quiet=True, observers=[Told()]).step"
    )
