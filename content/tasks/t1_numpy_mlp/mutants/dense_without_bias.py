"""
ru: Прямой проход Dense забывает сдвиг.
en: The forward pass of Dense forgets the bias.
"""

FAILS = ["dense_forward"]


class Dense:
    def forward(self, input):
        self.input = input
        return input @ self.weight.T
