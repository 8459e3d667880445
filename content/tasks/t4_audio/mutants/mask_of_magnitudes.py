"""
ru: Сеть смотрит на модули без логарифма.
en: The network looks at magnitudes without a logarithm.
"""

FAILS = ["mask_of_spectrum"]


class Denoiser:
    def mask(self, spectrum, lengths=None):
        features = spectrum.abs()
        output = self.output(self.conformer(self.input(features), lengths))
        return output.sigmoid()
