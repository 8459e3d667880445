"""
ru: Свёртка короткого пути применена к сырому входу.
en: The short way's convolution gets the raw input.
"""

import torch

FAILS = ["block_that_projects"]


class PreActivationBlock:
    def forward(self, x):
        activated = torch.relu(self.bn1(x))
        short = x if self.shortcut is None else self.shortcut(x)
        residual = self.conv2(torch.relu(self.bn2(self.conv1(activated))))
        return short + residual
