"""
ru: Эпоха не входит в зерно: в каждой эпохе те же пары.
en: The epoch is not in the seed: each epoch has the same pairs.
"""

FAILS = ["mixtures_repeated"]


class MixedSpeech:
    def __getitem__(self, index):
        rng = np.random.default_rng((self.seed, index))
        speech = self._whole(index) if self.length is None else self._cut(self.length, rng)
        return NoisyPair(*self.mixing(speech, self.noises, rng), self.domain)
