"""
ru: Возвращён тензор: история потерь держит в памяти все графы.
en: A tensor is returned: a history of losses keeps every graph in memory.
"""

from torch import nn

FAILS = ["train_step_result"]


def train_step(model, optimizer, inputs, targets):
    model.train()
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(inputs), targets)
    loss.backward()
    optimizer.step()
    return loss
