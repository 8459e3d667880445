"""
ru: Градиент укорочен после каждого батча, а не один раз перед шагом.
en: The gradient is shortened after each batch, not once before the step.
"""

from torch import nn

FAILS = ["step_clipped"]


def accumulated_step(model, optimizer, batches, max_norm):
    model.train()
    optimizer.zero_grad()
    n_examples = sum(len(labels) for _, labels in batches)
    for inputs, labels in batches:
        loss = nn.functional.cross_entropy(model(inputs), labels, reduction="sum")
        (loss / n_examples).backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return norm.item()
