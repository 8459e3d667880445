"""
ru: Речь не масштабируется: это обычный SNR.
en: The speech is not scaled: this is plain SNR.
"""

FAILS = ["ratio_of_scaled"]


def si_sdr(estimate, speech):
    energy = speech.square().sum(dim=-1, keepdim=True)
    scale = (estimate * speech).sum(dim=-1, keepdim=True) / energy.clamp_min(1e-12)
    along = speech
    return _decibels(along, estimate - along)
