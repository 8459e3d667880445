"""
ru: Замороженные параметры тоже в оптимизаторе.
en: Frozen parameters are in the optimiser, too.
"""

FAILS = ["rates_leave_out_frozen"]


def parameter_groups(stages, lr, decay, weight_decay):
    groups = []
    for distance, stage in enumerate(reversed(stages)):
        trained = [parameter for parameter in stage.parameters()]
        for decays in (True, False):
            members = [parameter for parameter in trained if (parameter.ndim > 1) == decays]
            if members:
                rate, penalty = lr * decay**distance, weight_decay if decays else 0.0
                groups.append({"params": members, "lr": rate, "weight_decay": penalty})
    return groups
