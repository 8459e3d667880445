"""
ru: Ограничены отдельные числа, а не длина вектора.
en: Single numbers are limited, not the length of the vector.
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
    norm = nn.utils.get_total_norm([p.grad for p in model.parameters()])
    nn.utils.clip_grad_value_(model.parameters(), max_norm)
    optimizer.step()
    return norm.item()
