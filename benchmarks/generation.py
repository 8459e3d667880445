"""Texts that a GPT writes, beside generate() of Hugging Face with the same weights.

    pip install 'praktikum[text]'
    python benchmarks/generation.py [--rounds 5]

A GPT-2 with random weights: vocabulary of 30,000, 4 layers of 256 (small) or 6 of 512 (medium), a
prompt of 16 tokens, 48 tokens more, one thread. Both sides keep keys and values; both write the
same tokens, which is checked first. No text ends early. Memory settings are those of both sides;
rounds alternate, times are of the processor, the best of each side is shown.
"""

import argparse
import gc
import os
import tempfile
import time
from collections.abc import Callable
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", HF_HUB_OFFLINE="1")

import torch

from praktikum.cli.memory import keep_big_blocks
from praktikum.text.beam_search import beam_search
from praktikum.text.decoding import greedy, sample
from praktikum.text.gpt import GPT
from praktikum.text.gpt_step import GPTStep

VOCABULARY, PROMPT, LENGTH, NEVER = 30_000, 16, 48, -1
SIZES = {"small": (256, 4, 4), "medium": (512, 6, 8)}  # d_model, layers, heads
CASES = {"greedy": 1, "greedy, 8 texts": 8, "top-k, 8 texts": 8, "beam of 5": 1}
BAR = 1.0
Sides = tuple[Callable[[], torch.Tensor], Callable[[], torch.Tensor]]


def make_models(size: str) -> tuple[GPTStep, Any]:
    """Return ours and theirs, with the same weights."""
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    d_model, n_layers, n_heads = SIZES[size]
    config = GPT2Config(
        vocab_size=VOCABULARY,
        n_positions=128,
        n_embd=d_model,
        n_layer=n_layers,
        n_head=n_heads,
        initializer_range=0.1,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
    )
    theirs = GPT2LMHeadModel(config).eval()
    with tempfile.TemporaryDirectory() as folder:
        theirs.save_pretrained(folder)
        return GPTStep(GPT.from_pretrained(folder)), theirs


def make_sides(case: str, step: GPTStep, theirs: Any) -> Sides:
    """Return what is measured, ours and theirs; each returns the texts."""
    chance = torch.Generator().manual_seed(1)
    prompts = torch.randint(1, VOCABULARY, (CASES[case], PROMPT), generator=chance)
    mask = torch.ones_like(prompts)

    def ours() -> torch.Tensor:
        start, state = step.begin(prompts)
        if case.startswith("beam"):
            beams = beam_search(step, start, state, eos=NEVER, max_length=LENGTH, beam_size=5)
            return beams.tokens[:, 0]
        if case.startswith("top-k"):
            return sample(step, start, state, eos=NEVER, max_length=LENGTH, k=40).tokens
        return greedy(step, start, state, eos=NEVER, max_length=LENGTH).tokens

    settings: dict[str, Any] = {"do_sample": False}
    if case.startswith("beam"):
        settings |= {"num_beams": 5, "length_penalty": 0.0}
    if case.startswith("top-k"):
        settings |= {"do_sample": True, "top_k": 40}

    def peer() -> torch.Tensor:
        texts = theirs.generate(prompts, attention_mask=mask, max_new_tokens=LENGTH, **settings)
        return texts[:, PROMPT:]

    return ours, peer


def main() -> None:
    """Measure the sides in turns and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    keep_big_blocks()
    torch.set_num_threads(1)
    print(f"{'':<8}{'':<16}{'ms a step':>10}{'generate()':>11}{'ours / it':>10}{'bar':>5}")
    for size in SIZES:
        models = make_models(size)
        for case in CASES:
            sides = make_sides(case, *models)
            texts = [side() for side in sides]
            assert case.startswith("top-k") or torch.equal(*texts), "the texts differ"
            times: tuple[list[float], list[float]] = ([], [])
            for _ in range(rounds):
                for side, taken in zip(sides, times, strict=True):
                    gc.collect()
                    start = time.process_time()
                    side()
                    taken.append(time.process_time() - start)
            one, two = map(min, times)
            milliseconds = f"{1000 * one / LENGTH:>10.2f}{1000 * two / LENGTH:>11.2f}"
            print(f"{size:<8}{case:<16}{milliseconds}{one / two:>10.3f}{BAR:>5}")


if __name__ == "__main__":
    main()
