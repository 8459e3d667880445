"""Texts that a GPT writes, against `generate` of transformers."""

import pytest
import torch
import transformers

from praktikum.text.beam_search import beam_search
from praktikum.text.decoding import greedy, sample
from praktikum.text.errors import ShapeError
from praktikum.text.gpt import GPT
from praktikum.text.gpt_step import GPTStep
from praktikum.text.sampling import top_k, top_p

EOS, LENGTH = 15, 8


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A model of transformers that seldom ends a text, and ours with its weights."""
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=20,
        n_embd=16,
        n_layer=2,
        n_head=2,
        n_positions=24,
        initializer_range=0.5,
        bos_token_id=1,
        eos_token_id=EOS,
        pad_token_id=EOS,
    )
    theirs = transformers.GPT2LMHeadModel(config).eval()
    theirs.save_pretrained(folder := tmp_path_factory.mktemp("gpt"))
    return theirs, GPTStep(GPT.from_pretrained(folder))


@pytest.fixture
def prompts():
    """Prompts of two to five tokens, with padding before them, and what is not padding."""
    tokens = torch.randint(1, 20, (6, 5), generator=torch.Generator().manual_seed(2))
    mask = torch.arange(5) >= torch.tensor([[0], [3], [1], [0], [2], [0]])
    return tokens * mask, mask


def generated(theirs, prompts, mask, **settings):
    """Return what transformers writes after the prompts, and its scores if there are some."""
    given = {"do_sample": False, "max_new_tokens": LENGTH, "return_dict_in_generate": True}
    found = theirs.generate(prompts, attention_mask=mask.long(), **given, **settings)
    return found.sequences[:, prompts.shape[1] :], getattr(found, "sequences_scores", None)


def test_greedy_texts_are_those_of_transformers(models, prompts):
    theirs, step = models
    expected, _ = generated(theirs, *prompts)
    found = greedy(step, *step.begin(*prompts), eos=EOS, max_length=LENGTH)
    assert torch.equal(found.tokens, expected)
    assert (found.lengths < found.tokens.shape[1]).any()  # some ended before others


@pytest.mark.parametrize("beam_size", [2, 3, 5])
@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_beams_are_those_of_transformers_where_no_text_ends(models, prompts, beam_size, penalty):
    theirs, step = models
    settings = {"num_beams": beam_size, "num_return_sequences": beam_size, "output_scores": True}
    expected, scores = generated(
        theirs, *prompts, **settings, length_penalty=penalty, eos_token_id=-1
    )
    found = beam_search(
        step,
        *step.begin(*prompts),
        eos=-1,
        max_length=LENGTH,
        beam_size=beam_size,
        length_penalty=penalty,
    )
    assert torch.equal(found.tokens.flatten(0, 1), expected)
    torch.testing.assert_close(found.scores(penalty).flatten(), scores, rtol=1e-4, atol=1e-4)


def test_with_ends_a_wide_beam_finds_the_text_that_transformers_finds(models, prompts):
    theirs, step = models
    wide = {"num_beams": 40, "early_stopping": "never", "length_penalty": 0.0}
    expected, _ = generated(theirs, *prompts, **wide)
    found = beam_search(step, *step.begin(*prompts), eos=EOS, max_length=LENGTH, beam_size=40)
    best = found.tokens[:, 0, : expected.shape[1]]
    assert torch.equal(best, expected)


def test_a_beam_of_one_is_greedy(models, prompts):
    _, step = models
    one = beam_search(step, *step.begin(*prompts), eos=EOS, max_length=LENGTH, beam_size=1)
    texts = greedy(step, *step.begin(*prompts), eos=EOS, max_length=LENGTH)
    assert torch.equal(one.tokens[:, 0], texts.tokens)
    torch.testing.assert_close(one.log_probs[:, 0], texts.log_probs)


@torch.no_grad()
def test_steps_give_the_logits_of_the_whole_text(models):
    _, step = models
    texts = torch.randint(1, 20, (3, 9), generator=torch.Generator().manual_seed(3))
    state, found = None, []
    for tokens in texts.unbind(dim=1):
        logits, state = step(tokens, state)
        found.append(logits)
    expected = step.model(texts)
    torch.testing.assert_close(torch.stack(found, dim=1), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("limits", [{"k": 3}, {"p": 0.7}, {"k": 5, "p": 0.5, "temperature": 2.0}])
def test_samples_are_drawn_from_what_transformers_leaves(models, limits):
    """All tokens that its filters leave are drawn, and no others."""
    theirs, step = models
    prompt = torch.tensor([[4, 7, 2]])
    scores = theirs(prompt).logits[:, -1].detach() / limits.get("temperature", 1.0)
    for kind, name in ((transformers.TopKLogitsWarper, "k"), (transformers.TopPLogitsWarper, "p")):
        scores = kind(limits[name])(prompt, scores) if name in limits else scores
    left = scores.isfinite()[0]
    start, state = step.begin(prompt.expand(400, 3))
    chance = torch.Generator().manual_seed(0)
    drawn = sample(step, start, state, eos=EOS, max_length=1, generator=chance, **limits).tokens
    shares = torch.bincount(drawn.flatten(), minlength=20) / 400
    assert not shares[~left].any()
    assert (shares - scores.softmax(-1)[0]).abs().max() < 0.08


def test_filters_leave_what_those_of_transformers_leave():
    logits = 3 * torch.randn(50, 20, generator=torch.Generator().manual_seed(0))
    for k in (1, 5, 20):
        expected = transformers.TopKLogitsWarper(k)(None, logits.clone())
        assert torch.equal(top_k(logits, k), expected)
    for p in (0.1, 0.5, 0.95):
        expected = transformers.TopPLogitsWarper(p)(None, logits.clone())
        assert torch.equal(top_p(logits, p), expected)


@pytest.mark.parametrize(
    ("tokens", "mask"),
    [(torch.zeros(2, 0, dtype=torch.int64), None), (torch.ones(1, 2).long(), [[True, False]])],
)
def test_a_prompt_without_a_last_token_is_refused(models, tokens, mask):
    _, step = models
    with pytest.raises(ShapeError, match="needs a token to begin with, and padding only before"):
        step.begin(tokens, None if mask is None else torch.tensor(mask))
