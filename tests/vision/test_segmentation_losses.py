"""Dice, and its mixture with binary cross-entropy."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import dice
from torch.nn import functional

from praktikum.vision.errors import SettingError
from praktikum.vision.segmentation_losses import BCEDiceLoss, DiceLoss


@pytest.fixture
def pair():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(5, 2, 4, 3, generator=generator, dtype=torch.float64)
    return logits, (torch.rand(5, 2, 4, 3, generator=generator) > 0.6).double()


def test_dice_of_an_example_worked_by_hand():
    probabilities = torch.tensor([[[[0.5, 1.0], [0.0, 0.5]]]])
    target = torch.tensor([[[[1.0, 1.0], [0.0, 0.0]]]])
    loss = DiceLoss(from_logits=False, smooth=1)(probabilities, target)
    assert loss.item() == pytest.approx(1 - (2 * 1.5 + 1) / (2 + 2 + 1))


def test_dice_of_binary_masks_is_scipys_dissimilarity(pair):
    predicted, target = pair[0] > 0, pair[1] > 0
    losses = DiceLoss(None, from_logits=False, smooth=1e-9)(predicted.double(), target.double())
    by_channel = [
        dice(p.numpy(), t.numpy())
        for p, t in zip(
            predicted.flatten(0, 1).flatten(1), target.flatten(0, 1).flatten(1), strict=True
        )
    ]
    expected = torch.tensor(by_channel, dtype=torch.float64).view(5, 2).mean(dim=1)
    torch.testing.assert_close(losses, expected)


@pytest.mark.parametrize("loss", [DiceLoss, BCEDiceLoss])
def test_mean_and_sum_are_over_the_losses_of_examples(loss, pair):
    each = loss(reduction=None)(*pair)
    assert each.shape == (5,)
    torch.testing.assert_close(loss(reduction="mean")(*pair), each.mean())
    torch.testing.assert_close(loss(reduction="sum")(*pair), each.sum())


@pytest.mark.parametrize("loss", [DiceLoss, BCEDiceLoss])
def test_the_loss_of_an_example_does_not_depend_on_its_batch(loss, pair):
    logits, target = pair
    alone = torch.cat(
        [loss(reduction=None)(x[None], t[None]) for x, t in zip(logits, target, strict=True)]
    )
    torch.testing.assert_close(loss(reduction=None)(logits, target), alone)


def test_logits_and_their_probabilities_cost_the_same(pair):
    logits, target = pair
    probabilities = torch.sigmoid(logits)
    torch.testing.assert_close(
        DiceLoss()(logits, target), DiceLoss(from_logits=False)(probabilities, target)
    )


@pytest.mark.parametrize(("bce_weight", "dice_weight"), [(1.0, 0.0), (0.0, 1.0), (0.3, 2.0)])
def test_the_mixture_is_the_weighted_sum_of_torchs_bce_and_dice(bce_weight, dice_weight, pair):
    bce = functional.binary_cross_entropy_with_logits(*pair)
    expected = bce_weight * bce + dice_weight * DiceLoss()(*pair)
    torch.testing.assert_close(BCEDiceLoss(bce_weight, dice_weight)(*pair), expected)


@pytest.mark.parametrize("loss", [DiceLoss(), BCEDiceLoss()])
def test_gradients_agree_with_finite_differences(loss, pair):
    logits, target = pair
    assert torch.autograd.gradcheck(lambda x: loss(x, target), logits.requires_grad_())


@given(st.integers(0, 1000), st.floats(0.1, 10))
def test_dice_lies_between_0_and_1_and_is_0_for_the_truth(seed, scale):
    generator = torch.Generator().manual_seed(seed)
    target = (torch.rand(2, 1, 3, 3, generator=generator) > 0.5).float()
    logits = scale * torch.randn(2, 1, 3, 3, generator=generator)
    assert 0 <= DiceLoss()(logits, target) <= 1
    assert DiceLoss(from_logits=False)(target, target).item() == pytest.approx(0, abs=1e-6)


def test_nothing_predicted_where_nothing_is_costs_nothing():
    nothing = torch.zeros(1, 1, 4, 4)
    assert DiceLoss(from_logits=False)(nothing, nothing).item() == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DiceLoss("max"), "reduction must be None, 'mean' or 'sum', got 'max'"),
        (lambda: DiceLoss(smooth=0), "smooth must be above 0, got 0"),
        (lambda: BCEDiceLoss(0, 0), "0 or more and not both 0, got 0 and 0"),
        (lambda: BCEDiceLoss(-1, 2), "0 or more and not both 0, got -1 and 2"),
    ],
)
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(SettingError, match=message):
        make()
