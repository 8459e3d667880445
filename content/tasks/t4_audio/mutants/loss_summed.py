"""
ru: SI-SDR сложены по батчу, а не усреднены.
en: SI-SDR is summed over the batch, not averaged.
"""

FAILS = ["loss_of_waveforms"]


class DenoisingLoss:
    def forward(self, estimate, speech):
        loss = -si_sdr(estimate, speech).sum()
        if self.spectral:
            loss = loss + self.spectral * spectral_distance(estimate, speech)
        return loss
