"""
ru: Вес не учитывается.
en: The weight is passed over.
"""

FAILS = ["spectra_in_the_loss"]


class DenoisingLoss:
    def forward(self, estimate, speech):
        loss = -si_sdr(estimate, speech).mean()
        if self.spectral:
            loss = loss + spectral_distance(estimate, speech)
        return loss
