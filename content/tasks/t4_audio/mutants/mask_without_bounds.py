"""
ru: Маска не ограничена.
en: The mask has no bounds.
"""

FAILS = ["mask_of_spectrum"]


class Denoiser:
    def mask(self, spectrum, lengths=None):
        features = (spectrum.abs() + FLOOR).log() / 2
        output = self.output(self.conformer(self.input(features), lengths))
        return output
