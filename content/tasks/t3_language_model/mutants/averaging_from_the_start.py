"""
ru: Усредняется с самого начала, start ничего не значит.
en: Averaging goes from the start, whatever start says.
"""

FAILS = ["mean_of_iterates"]


class AveragedWeights:
    @torch.no_grad()
    def add_iterate(self):
        self.n_iterates += 1
        share = 1 / int(self.n_iterates)
        for name, parameter in self.module.named_parameters():
            self.get_buffer(self._buffer(name)).lerp_(parameter, share)
