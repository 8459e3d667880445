"""A small Transformer learns two rules exactly: strings it has never seen come out without a fault.

To reverse, the decoder is to look at places; to sort, at letters and at what it has written.
"""

import math

import pytest
import torch

from praktikum.sequence import Seq2SeqTransformer
from praktikum.text.decoding import greedy
from praktikum.text.label_smoothing import smoothed_cross_entropy
from praktikum.text.pair_batches import CollatePairs
from praktikum.text.translation_step import TranslationStep

PAD, SOS, EOS = 0, 1, 2
LETTERS, LONGEST = range(3, 8), 5
UPDATES, WARMUP, LR = 330, 40, 4e-3
COLLATE = CollatePairs(PAD)


def random_strings(n, chance):
    """Return strings of letters, of 1 to LONGEST each."""
    lengths = torch.randint(1, LONGEST + 1, (n,), generator=chance).tolist()
    first, last = LETTERS[0], LETTERS[-1]
    return [tuple(torch.randint(first, last + 1, (k,), generator=chance).tolist()) for k in lengths]


def marked(strings, rule):
    """Return a batch of strings and what the rule makes of them."""
    return COLLATE([([*text, EOS], [SOS, *rule(text), EOS]) for text in strings])


def train(model, rule, held_out, chance):
    """Teach the rule by strings that are drawn anew each time, but never those held out."""
    optimiser = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98))
    for update in range(UPDATES):
        batch = marked([s for s in random_strings(96, chance) if s not in held_out], rule)
        fall = (1 + math.cos(math.pi * update / UPDATES)) / 2
        optimiser.param_groups[0]["lr"] = LR * min((update + 1) / WARMUP, fall)
        logits = model(batch.source, batch.inputs, batch.lengths)
        optimiser.zero_grad()
        smoothed_cross_entropy(logits, batch.targets, PAD, 0.0).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()


@pytest.mark.parametrize(
    ("rule", "norm_first"),
    [(lambda text: text[::-1], False), (sorted, True)],
    ids=["reverse", "sort"],
)
def test_a_rule_is_learned_exactly(rule, norm_first):
    torch.manual_seed(0)
    chance = torch.Generator().manual_seed(0)
    sizes = {"n_encoder_layers": 1, "n_decoder_layers": 1, "d_feedforward": 128}
    model = Seq2SeqTransformer(
        LETTERS[-1] + 1, d_model=64, n_heads=4, dropout=0.0, norm_first=norm_first, **sizes
    )
    held_out = {text for text in random_strings(300, chance) if len(text) > 3}
    train(model, rule, held_out, chance)
    batch = marked(sorted(held_out), rule)
    step = TranslationStep(model.eval())
    starts = torch.full((len(held_out),), SOS)
    state = step.read(batch.source, batch.lengths)
    found = greedy(step, starts, state, eos=EOS, max_length=LONGEST + 2)
    expected = torch.full_like(found.tokens, EOS)
    for row, text in zip(expected, sorted(held_out), strict=True):
        row[: len(text)] = torch.tensor(list(rule(text)))
    assert len(held_out) > 100
    assert torch.equal(found.tokens, expected)
