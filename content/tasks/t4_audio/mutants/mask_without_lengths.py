"""
ru: Длины не доходят до Conformer.
en: Lengths don't get to the Conformer.
"""

FAILS = ["mask_of_spectrum"]


class Denoiser:
    def mask(self, spectrum, lengths=None):
        features = (spectrum.abs() + FLOOR).log() / 2
        output = self.output(self.conformer(self.input(features)))
        return output.sigmoid()
