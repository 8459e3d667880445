"""
ru: Модель не переведена в режим обучения.
en: The model is not put into training mode.
"""

from torch import nn

FAILS = ["train_step_mode"]


def train_step(model, optimizer, inputs, targets):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(inputs), targets)
    loss.backward()
    optimizer.step()
    return loss.item()
