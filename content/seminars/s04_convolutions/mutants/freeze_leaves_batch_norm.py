"""
ru: Градиента нет, но BatchNorm копит статистики новых данных.
en: There is no gradient, but BatchNorm gathers the statistics of the new data.
"""

FAILS = ["frozen_stages_stay", "frozen_stages_thaw"]


def freeze_stages(model, n_frozen):
    model.train()
    for number, stage in enumerate(model):
        stage.requires_grad_(number >= n_frozen)
