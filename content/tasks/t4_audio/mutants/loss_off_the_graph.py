"""
ru: Градиент не проходит.
en: No gradient passes.
"""

FAILS = ["loss_of_waveforms"]


class DenoisingLoss:
    def forward(self, estimate, speech):
        loss = -si_sdr(estimate.detach(), speech).mean() + 0 * estimate.sum()
        if self.spectral:
            loss = loss + self.spectral * spectral_distance(estimate, speech)
        return loss
