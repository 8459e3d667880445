"""
ru: Множитель один на весь батч.
en: One factor for the whole batch.
"""

FAILS = ["ratio_of_scaled"]


def si_sdr(estimate, speech):
    energy = speech.square().sum()
    scale = (estimate * speech).sum() / energy.clamp_min(1e-12)
    along = scale * speech
    return _decibels(along, estimate - along)
