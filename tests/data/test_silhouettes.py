"""Made-up people: figures that look like people, masks that are exact, parts that share nothing."""

import numpy as np
import pytest
from skimage import data, measure
from skimage.draw import polygon2mask
from sklearn.datasets import load_sample_image
from torch.utils.data import DataLoader

from praktikum.data.errors import DataError
from praktikum.data.silhouettes import SilhouettesDataset, draw_silhouettes
from praktikum.data.silhouettes_figure import GROUND, draw_figure
from praktikum.data.silhouettes_textures import SCENES, cloth, faces, scene_patch, scenes

SEEDS = range(25)


def rng_of(seed=0):
    return np.random.default_rng(seed)


def silhouette(figure, pixels_a_head=12):
    """What the figure covers, by scikit-image's polygons."""
    shape = int(11 * pixels_a_head), int(12 * pixels_a_head)
    mask = np.zeros(shape, bool)
    for part in figure.parts:
        mask |= polygon2mask(shape, (part.outline + np.array([6, 1.5]))[:, ::-1] * pixels_a_head)
    return mask


@pytest.mark.parametrize("seed", SEEDS)
def test_a_figure_is_in_one_piece(seed):
    assert measure.label(silhouette(draw_figure(rng_of(seed)))).max() == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_figure_stands_on_the_ground_and_has_the_proportions_of_a_person(seed):
    figure = draw_figure(rng_of(seed))
    heights = {part.material: part.outline[:, 1] for part in figure.parts}
    assert heights["shoes"].max() == pytest.approx(GROUND, abs=0.8)
    assert heights["face"].min() == pytest.approx(0, abs=0.5)  # children's heads are larger
    share = silhouette(figure).sum() / 12**2 / GROUND  # mean width in heads
    assert 0.7 < share < 2.3


def test_figures_differ():
    masks = np.array([silhouette(draw_figure(rng_of(seed))) for seed in SEEDS])
    common = (masks[0] & masks[1:]).sum((1, 2)) / (masks[0] | masks[1:]).sum((1, 2))
    assert common.max() < 0.9


def test_scenes_and_faces_are_those_that_the_packages_carry():
    assert {scene.shape for scene in scenes("train")} >= {(*data.brick().shape, 3)}
    np.testing.assert_array_equal(scenes("test")[-1], load_sample_image("flower.jpg"))
    assert len(faces("train")) + len(faces("test")) == 100


def test_training_and_test_pictures_share_no_scene_and_no_face():
    assert not set(SCENES["train"]) & set(SCENES["test"])
    known = {face.tobytes() for face in faces("train")}
    assert not known & {face.tobytes() for face in faces("test")}


@pytest.mark.parametrize("seed", range(10))
def test_fabrics_and_scenes_are_colours(seed):
    for colours in (
        cloth(rng_of(seed), "train", 20, 15),
        scene_patch(rng_of(seed), "test", 20, 15, (0.2, 1)),
    ):
        assert colours.shape == (20, 15, 3)
        assert 0 <= colours.min() <= colours.max() <= 1


def test_masks_are_of_zeros_and_ones_and_mostly_show_someone():
    shares = []
    for index in range(60):
        image, mask = draw_silhouettes(rng_of(index), 48, 36)
        assert image.shape == (48, 36, 3)
        assert set(np.unique(mask)) <= {0, 1}
        shares.append(mask.mean())
    assert 0.15 < np.mean(shares) < 0.45
    assert np.mean(np.array(shares) > 0.02) > 0.85


def test_the_mask_is_where_drawing_the_person_changed_the_picture(monkeypatch):
    """Two draws that differ in the colour of all people differ inside of the mask only."""
    from praktikum.data import silhouettes

    painted = {}
    for name, colour in (("black", 0.0), ("white", 1.0)):
        monkeypatch.setattr(
            silhouettes,
            "_filling",
            lambda _rng, _split, covers, c=colour: covers.sum(0)[..., None] * c,
        )
        monkeypatch.setattr(
            silhouettes, "_light", lambda _rng, person, _scale: np.ones_like(person)
        )
        monkeypatch.setattr(
            silhouettes, "_photographed", lambda _rng, picture: np.uint8(255 * picture)
        )
        painted[name], mask = draw_silhouettes(rng_of(8), 64, 48)
    difference = (painted["white"] - painted["black"]).max(axis=2)  # white is never the darker
    np.testing.assert_array_equal(difference >= 127, mask == 1)


def test_a_picture_depends_on_its_number_and_seed_alone():
    forwards = SilhouettesDataset(4, 32, 24, seed=7)
    backwards = SilhouettesDataset(9, 32, 24, seed=7, keep=False)
    for index in reversed(range(4)):
        np.testing.assert_array_equal(backwards[index][0], forwards[index][0])
        np.testing.assert_array_equal(backwards[index][1], forwards[index][1])


@pytest.mark.parametrize("other", [{"seed": 1}, {"split": "test"}])
def test_other_seeds_and_parts_show_other_pictures(other):
    first = SilhouettesDataset(3, 32, 24)
    second = SilhouettesDataset(3, 32, 24, **other)
    assert not any(np.array_equal(first[i][0], second[i][0]) for i in range(3))


def test_it_serves_a_loader_until_its_end():
    batches = list(DataLoader(SilhouettesDataset(5, 24, 18), batch_size=2))
    assert [len(images) for images, _ in batches] == [2, 2, 1]
    assert len(list(SilhouettesDataset(3, 24, 18))) == 3


def test_transforms_make_the_item():
    dataset = SilhouettesDataset(1, 24, 18, transforms=lambda image, mask: image.shape + mask.shape)
    assert dataset[0] == (24, 18, 3, 24, 18)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"length": 0}, "must be at least 1, got 0, 24, 18"),
        ({"split": "valid"}, "split must be 'train' or 'test', got 'valid'"),
    ],
)
def test_settings_out_of_range_are_refused(arguments, message):
    with pytest.raises(DataError, match=message):
        SilhouettesDataset(**{"length": 2, "height": 24, "width": 18} | arguments)
