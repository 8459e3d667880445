"""
ru: Статистики свои у каждой последовательности.
en: Each sequence has statistics of its own.
"""

FAILS = ["norm_of_steps"]


class StepBatchNorm:
    def forward(self, x, valid=None):
        if valid is None or not self.training:
            return super().forward(x.flatten(0, 1)).view_as(x)
        output = torch.zeros_like(x)
        for row, (steps, mine) in enumerate(zip(x, valid, strict=True)):
            output[row, mine] = super().forward(steps[mine])
        return output
