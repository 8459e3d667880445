"""word2vec: the loss by hand, examples by the paper's rules, and structure that is found again."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from praktikum.text.errors import SettingError
from praktikum.text.word2vec import (
    CBOW,
    SkipGram,
    WindowBatch,
    WindowDataset,
    keep_probabilities,
    negative_sampling_loss,
)
from praktikum.text.word_vectors import WordVectors


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_the_loss_and_its_gradients_are_those_of_the_paper():
    rng = np.random.default_rng(0)
    v, u, n = (rng.normal(size=size) for size in ((3, 4), (3, 4), (3, 2, 4)))
    tensors = [torch.tensor(array, requires_grad=True) for array in (v, u, n)]
    loss = negative_sampling_loss(*tensors)
    loss.backward()
    positive = (u * v).sum(1)
    negative = np.einsum("bkf,bf->bk", n, v)
    by_hand = -(np.log(sigmoid(positive)) + np.log(sigmoid(-negative)).sum(1)).mean()
    assert loss.item() == pytest.approx(by_hand)
    of_positive, of_negative = sigmoid(positive) - 1, sigmoid(negative)
    grad_v = of_positive[:, None] * u + np.einsum("bk,bkf->bf", of_negative, n)
    expected = [grad_v, of_positive[:, None] * v, of_negative[:, :, None] * v[:, None]]
    for tensor, gradient in zip(tensors, expected, strict=True):
        np.testing.assert_allclose(tensor.grad, gradient / 3)


BATCH = WindowBatch(
    torch.tensor([1, 2]),
    torch.tensor([[0, 2, 3], [1, 3, 3]]),
    torch.tensor([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]),
    torch.tensor([[0, 3], [0, 0]]),
)


def with_weights(model):
    torch.manual_seed(1)
    torch.nn.init.normal_(model.input.weight)
    torch.nn.init.normal_(model.output.weight)
    return model, model.input.weight, model.output.weight


def test_skip_gram_predicts_each_word_around_the_centre():
    model, v, u = with_weights(SkipGram(4, 5))
    pairs = [(1, 2, [0, 3]), (1, 3, [0, 3]), (2, 1, [0, 0])]
    losses = [
        negative_sampling_loss(v[centre][None], u[around][None], u[noise][None])
        for centre, around, noise in pairs
    ]
    torch.testing.assert_close(model(BATCH), torch.stack(losses).mean())


def test_cbow_predicts_the_centre_from_the_mean_around():
    model, v, u = with_weights(CBOW(4, 5))
    losses = [
        negative_sampling_loss(((v[2] + v[3]) / 2)[None], u[1][None], u[[0, 3]][None]),
        negative_sampling_loss(v[1][None], u[2][None], u[[0, 0]][None]),
    ]
    torch.testing.assert_close(model(BATCH), torch.stack(losses).mean())


@pytest.mark.parametrize("kind", [SkipGram, CBOW])
def test_words_with_nothing_around_cost_nothing(kind):
    batch = BATCH._replace(mask=torch.zeros(2, 3))
    loss = kind(4, 5)(batch)
    loss.backward()
    assert loss.item() == 0


def test_frequent_words_are_kept_by_the_root_of_threshold_over_share():
    counts = np.array([400, 99, 1, 0, 500])
    np.testing.assert_allclose(
        keep_probabilities(counts, 0.1), [np.sqrt(0.1 / 0.4), 1, 1, 1, np.sqrt(0.1 / 0.5)]
    )


def windows(texts, **settings):
    data = WindowDataset(texts, 10, threshold=1.0, **settings)  # nothing is passed over
    return data, data.collate(list(range(len(data))))


def test_windows_end_where_their_text_ends():
    _, batch = windows([[1, 2, 3], [4, 5]], window=1)
    around = [
        sorted(words[mask > 0].tolist())
        for words, mask in zip(batch.contexts, batch.mask, strict=True)
    ]
    assert batch.centres.tolist() == [1, 2, 3, 4, 5]
    assert around == [[2], [1, 3], [2], [5], [4]]


def test_near_words_come_more_often():
    """The width is 1, 2 or 3 with equal chance: a neighbour always comes, the third in 1/3."""
    _, batch = windows([list(range(10)) * 400], window=3)
    share = batch.mask[10:-10].mean(dim=0)
    np.testing.assert_allclose(share, [1 / 3, 2 / 3, 1, 1, 2 / 3, 1 / 3], atol=0.03)


def test_noise_is_drawn_by_counts_to_the_three_quarters():
    texts = [[0] * 8000 + [1] * 1000 + [2] * 200]
    _, batch = windows(texts, negatives=10)
    drawn = np.bincount(batch.noise.ravel(), minlength=10) / batch.noise.numel()
    expected = np.array([8000, 1000, 200]) ** 0.75
    np.testing.assert_allclose(drawn[:3], expected / expected.sum(), atol=0.005)
    assert drawn[3:].sum() == 0


def test_places_passed_over_are_neither_centre_nor_context():
    texts = [[0, 1, 0, 2] * 200]
    data = WindowDataset(texts, 3, window=1, threshold=1e-9)
    batch = data.collate(list(range(len(data))))
    assert len(batch.centres) < 10
    data = WindowDataset(texts, 3, window=1, threshold=0.25)  # only 0 is passed over, by 0.7
    batch = data.collate(list(range(len(data))))
    assert batch.centres.bincount()[0] == pytest.approx(400 * np.sqrt(0.5), abs=40)
    beside_one = batch.contexts[(batch.centres == 1)][batch.mask[batch.centres == 1] > 0]
    assert (beside_one == 2).any()  # over the gap


def test_batches_depend_on_seed_epoch_and_place_alone():
    texts = [list(range(10)) * 20]

    def batch(seed, epoch, places):
        data = WindowDataset(texts, 10, threshold=0.05, seed=seed)
        data.set_epoch(epoch)
        return [part.tolist() for part in data.collate(places)]

    assert batch(0, 3, range(50)) == batch(0, 3, range(50))
    assert batch(0, 3, range(50)) != batch(0, 4, range(50))
    assert batch(0, 3, range(50)) != batch(1, 3, range(50))


@pytest.mark.parametrize("kind", [SkipGram, CBOW])
def test_words_of_one_topic_become_neighbours(kind):
    """Two topics of six words; texts stay in one. Words never share a text across topics."""
    rng = np.random.default_rng(0)
    texts = [rng.integers(0, 6, size=12) + 6 * (row % 2) for row in range(300)]
    data = WindowDataset([text.tolist() for text in texts], 12, window=3, threshold=1.0)
    torch.manual_seed(0)
    model = kind(12, 8)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    for epoch in range(2):
        data.set_epoch(epoch)
        for batch in DataLoader(data, 64, shuffle=True, collate_fn=data.collate):
            optimiser.zero_grad()
            model(batch).backward()
            optimiser.step()
    vectors = WordVectors([str(n) for n in range(12)], model.input.weight.detach().numpy())
    for word in range(12):
        near = {int(other) for other, _ in vectors.nearest(str(word), 5)}
        assert near == {n for n in range(12) if n // 6 == word // 6} - {word}


@pytest.mark.parametrize("settings", [{"window": 0}, {"negatives": 0}, {"threshold": 0.0}])
def test_impossible_settings_are_refused(settings):
    with pytest.raises(SettingError, match="must be at least 1"):
        WindowDataset([[1]], 2, **settings)


def test_no_words_are_refused():
    with pytest.raises(SettingError, match="no words"):
        WindowDataset([[], []], 2)
