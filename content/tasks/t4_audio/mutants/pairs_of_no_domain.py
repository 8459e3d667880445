"""
ru: Домен потерян.
en: The domain is lost.
"""

FAILS = ["mixtures_drawn"]


class MixedSpeech:
    def __getitem__(self, index):
        rng = np.random.default_rng((self.seed, self.epoch, index))
        speech = self._whole(index) if self.length is None else self._cut(self.length, rng)
        return NoisyPair(*self.mixing(speech, self.noises, rng), "")
