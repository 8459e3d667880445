"""
ru: Забыт zero_grad: градиенты прошлых шагов складываются.
en: zero_grad is forgotten: the gradients of earlier steps add up.
"""

from torch import nn

FAILS = ["train_step_updates"]


def train_step(model, optimizer, inputs, targets):
    model.train()
    loss = nn.functional.cross_entropy(model(inputs), targets)
    loss.backward()
    optimizer.step()
    return loss.item()
