"""
ru: Генератор один на все пары: пара зависит от того, сколько их уже спросили.
en: One generator for all pairs: a pair depends on how many were asked for before.
"""

FAILS = ["mixtures_repeated"]


class MixedSpeech:
    def __getitem__(self, index):
        rng = self.__dict__.setdefault("rng", np.random.default_rng(self.seed))
        speech = self._whole(index) if self.length is None else self._cut(self.length, rng)
        return NoisyPair(*self.mixing(speech, self.noises, rng), self.domain)
