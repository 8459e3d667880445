"""
ru: Штраф на веса получили и сдвиги.
en: Biases get weight decay, too.
"""

FAILS = ["rates_weight_decay"]


def parameter_groups(stages, lr, decay, weight_decay):
    groups = []
    for distance, stage in enumerate(reversed(stages)):
        trained = [parameter for parameter in stage.parameters() if parameter.requires_grad]
        for decays in (True, False):
            members = [parameter for parameter in trained if (parameter.ndim > 1) == decays]
            if members:
                rate, penalty = lr * decay**distance, weight_decay
                groups.append({"params": members, "lr": rate, "weight_decay": penalty})
    return groups
