"""
ru: Среднее пишется в сами веса, и спуск идёт от него.
en: The mean is written into the weights, and descent goes on from it.
"""

FAILS = ["mean_of_iterates"]


class AveragedWeights:
    @torch.no_grad()
    def add_iterate(self):
        if not self.started:
            return
        self.n_iterates += 1
        share = 1 / int(self.n_iterates)
        for name, parameter in self.module.named_parameters():
            self.get_buffer(self._buffer(name)).lerp_(parameter, share)
            parameter.copy_(self.get_buffer(self._buffer(name)))
