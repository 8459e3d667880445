"""
ru: zero_grad стоит между backward и step: шага нет.
en: zero_grad stands between backward and step: there is no step.
"""

from torch import nn

FAILS = ["train_step_updates"]


def train_step(model, optimizer, inputs, targets):
    model.train()
    loss = nn.functional.cross_entropy(model(inputs), targets)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()
