"""Beam search beside a naive loop over hypotheses, and beside generate() of Hugging Face.

    pip install transformers
    python benchmarks/decoding.py [--rounds 5]

Beam of 5, vocabulary of 30,000, hidden size 512, 20 tokens, random weights, one thread. Ours is an
LSTM of one layer. The naive loop calls the same step for one hypothesis after the other, and lists
and sorts all that may follow; the careful loop asks each hypothesis for its best few only, so it
shows what batching alone brings. The peer is a GPT-2 of 2 layers with its cache of keys and values.
No text ends early. Memory settings are those of all sides; rounds alternate, times are of the
processor, the best of each side is shown.
"""

import argparse
import gc
import os
import time
from collections.abc import Callable

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", HF_HUB_OFFLINE="1")

import torch

from praktikum.cli.memory import keep_big_blocks
from praktikum.text.beam_search import beam_search
from praktikum.text.decoding_step import State, Step
from praktikum.text.language_model import LSTMLanguageModel
from praktikum.text.language_step import LanguageStep

BEAMS, VOCABULARY, HIDDEN, LENGTH = 5, 30_000, 512, 20
BARS = {"naive": 1 / 8, "generate()": 1.0}
START, EOS = 1, 0
Hypothesis = tuple[list[int], float, State]


def naive_beam_search(step: Step) -> list[float]:
    """Return the log-probabilities of the best texts: each hypothesis alone, every token tried."""
    hypotheses: list[Hypothesis] = [([START], 0.0, None)]
    for _ in range(LENGTH):
        longer = []
        for text, total, state in hypotheses:
            logits, after = step(torch.tensor(text[-1:]), state)
            for token, log_prob in enumerate(logits[0].log_softmax(0).tolist()):
                longer.append(([*text, token], total + log_prob, after))
        longer.sort(key=lambda hypothesis: hypothesis[1], reverse=True)
        hypotheses = longer[:BEAMS]
    return [total for _, total, _ in hypotheses]


def careful_beam_search(step: Step) -> list[float]:
    """Return the same: each hypothesis alone, of its followers only the best."""
    hypotheses: list[Hypothesis] = [([START], 0.0, None)]
    for _ in range(LENGTH):
        longer = []
        for text, total, state in hypotheses:
            logits, after = step(torch.tensor(text[-1:]), state)
            best, tokens = logits[0].log_softmax(0).topk(BEAMS)
            for log_prob, token in zip(best.tolist(), tokens.tolist(), strict=True):
                longer.append(([*text, token], total + log_prob, after))
        longer.sort(key=lambda hypothesis: hypothesis[1], reverse=True)
        hypotheses = longer[:BEAMS]
    return [total for _, total, _ in hypotheses]


def make_sides() -> dict[str, Callable[[], object]]:
    """Return what is measured, by name."""
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    model = LSTMLanguageModel(VOCABULARY, HIDDEN, HIDDEN, num_layers=1).eval()
    torch.nn.init.normal_(model.predict.weight, std=0.1)
    with torch.no_grad():
        model.predict.bias[EOS] = -1e4  # no text ends early
    step = LanguageStep(model)
    config = GPT2Config(
        vocab_size=VOCABULARY,
        n_positions=64,
        n_embd=HIDDEN,
        n_layer=2,
        n_head=8,
        bos_token_id=START,
        eos_token_id=None,
        pad_token_id=EOS,
    )
    gpt = GPT2LMHeadModel(config).eval()
    prompt = torch.tensor([[START]])
    mask = torch.ones_like(prompt)

    def ours() -> list[float]:
        start = torch.tensor([START])
        beams = beam_search(step, start, eos=EOS, max_length=LENGTH, beam_size=BEAMS)
        return beams.log_probs[0].tolist()

    def theirs() -> object:
        return gpt.generate(
            prompt,
            attention_mask=mask,
            num_beams=BEAMS,
            num_return_sequences=BEAMS,
            max_new_tokens=LENGTH,
            do_sample=False,
        )

    torch.testing.assert_close(ours(), naive_beam_search(step), rtol=1e-4, atol=1e-3)
    assert theirs().shape[1] == LENGTH + 1
    return {
        "ours": ours,
        "naive": lambda: naive_beam_search(step),
        "careful": lambda: careful_beam_search(step),
        "generate()": theirs,
    }


def main() -> None:
    """Measure the sides in turns and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    keep_big_blocks()
    torch.set_num_threads(1)
    sides = make_sides()
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            gc.collect()
            start = time.process_time()
            side()
            times[name].append(time.process_time() - start)
    best = {name: min(taken) for name, taken in times.items()}
    print(f"{'beam of 5':<12}{'ms a token':>11}{'ours / it':>11}{'bar':>7}")
    for name, seconds in best.items():
        bar = f"{BARS[name]:>7.3f}" if name in BARS else ""
        print(f"{name:<12}{1000 * seconds / LENGTH:>11.2f}{best['ours'] / seconds:>11.3f}{bar}")


if __name__ == "__main__":
    main()
