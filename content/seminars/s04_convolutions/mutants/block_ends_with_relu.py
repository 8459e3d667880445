"""
ru: После суммы стоит ReLU, как в первом ResNet.
en: There is a ReLU after the sum, as in the first ResNet.
"""

import torch

FAILS = ["block_of_one_shape", "block_that_projects", "block_is_identity"]


class PreActivationBlock:
    def forward(self, x):
        activated = torch.relu(self.bn1(x))
        short = x if self.shortcut is None else self.shortcut(activated)
        residual = self.conv2(torch.relu(self.bn2(self.conv1(activated))))
        return torch.relu(short + residual)
