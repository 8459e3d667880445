"""
ru: В cross_entropy переданы вероятности, а не логиты: softmax дважды.
en: cross_entropy gets probabilities, not logits: softmax twice.
"""

from torch import nn

FAILS = ["train_step_updates"]


def train_step(model, optimizer, inputs, targets):
    model.train()
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(inputs).softmax(dim=1), targets)
    loss.backward()
    optimizer.step()
    return loss.item()
