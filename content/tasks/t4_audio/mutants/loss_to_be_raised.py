"""
ru: Знак потерян: обучение уменьшало бы SI-SDR.
en: The sign is lost: training would lower SI-SDR.
"""

FAILS = ["loss_of_waveforms"]


class DenoisingLoss:
    def forward(self, estimate, speech):
        loss = si_sdr(estimate, speech).mean()
        if self.spectral:
            loss = loss + self.spectral * spectral_distance(estimate, speech)
        return loss
