"""
ru: Среднее скользящее: старые веса забываются.
en: The mean is a moving one: old weights are forgotten.
"""

FAILS = ["mean_of_iterates"]


class AveragedWeights:
    @torch.no_grad()
    def add_iterate(self):
        if not self.started:
            return
        self.n_iterates += 1
        share = 1 / min(int(self.n_iterates), 2)
        for name, parameter in self.module.named_parameters():
            self.get_buffer(self._buffer(name)).lerp_(parameter, share)
