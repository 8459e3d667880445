"""
ru: Заданная длина не учитывается.
en: The length that was asked for is passed over.
"""

FAILS = ["mixtures_drawn"]


class MixedSpeech:
    def __getitem__(self, index):
        rng = np.random.default_rng((self.seed, self.epoch, index))
        speech = self._whole(index)
        return NoisyPair(*self.mixing(speech, self.noises, rng), self.domain)
