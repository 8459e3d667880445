"""
ru: По короткому пути идёт активированный вход.
en: The activated input takes the short way.
"""

import torch

FAILS = ["block_of_one_shape", "block_is_identity"]


class PreActivationBlock:
    def forward(self, x):
        activated = torch.relu(self.bn1(x))
        short = activated if self.shortcut is None else self.shortcut(activated)
        residual = self.conv2(torch.relu(self.bn2(self.conv1(activated))))
        return short + residual
