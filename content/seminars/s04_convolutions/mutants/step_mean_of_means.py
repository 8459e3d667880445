"""
ru: Усреднены средние по батчам: объект маленького батча весит больше.
en: The means of batches are averaged: an example of a small batch weighs more.
"""

from torch import nn

FAILS = ["step_of_all_examples", "step_clipped"]


def accumulated_step(model, optimizer, batches, max_norm):
    model.train()
    optimizer.zero_grad()
    for inputs, labels in batches:
        loss = nn.functional.cross_entropy(model(inputs), labels)
        (loss / len(batches)).backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return norm.item()
