"""
ru: Темп падает линейно, а не в геометрической прогрессии.
en: The rate falls linearly, not geometrically.
"""

FAILS = ["rates_by_stage"]


def parameter_groups(stages, lr, decay, weight_decay):
    groups = []
    for distance, stage in enumerate(reversed(stages)):
        trained = [parameter for parameter in stage.parameters() if parameter.requires_grad]
        for decays in (True, False):
            members = [parameter for parameter in trained if (parameter.ndim > 1) == decays]
            if members:
                rate, penalty = (
                    lr * decay * distance if distance else lr,
                    weight_decay if decays else 0.0,
                )
                groups.append({"params": members, "lr": rate, "weight_decay": penalty})
    return groups
