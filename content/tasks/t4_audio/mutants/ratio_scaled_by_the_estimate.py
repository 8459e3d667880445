"""
ru: Множитель поделён на энергию оценки, а не речи.
en: The factor is divided by the energy of the estimate, not of the speech.
"""

FAILS = ["ratio_of_scaled"]


def si_sdr(estimate, speech):
    energy = estimate.square().sum(dim=-1, keepdim=True)
    scale = (estimate * speech).sum(dim=-1, keepdim=True) / energy.clamp_min(1e-12)
    along = scale * speech
    return _decibels(along, estimate - along)
