"""
ru: Между свёртками нет ReLU.
en: There is no ReLU between the convolutions.
"""

import torch

FAILS = ["block_of_one_shape", "block_that_projects"]


class PreActivationBlock:
    def forward(self, x):
        activated = torch.relu(self.bn1(x))
        short = x if self.shortcut is None else self.shortcut(activated)
        residual = self.conv2(self.bn2(self.conv1(activated)))
        return short + residual
