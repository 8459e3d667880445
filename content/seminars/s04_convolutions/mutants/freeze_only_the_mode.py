"""
ru: Ступени в eval, но их веса по-прежнему учатся.
en: The stages are in evaluation mode, but their weights are still trained.
"""

FAILS = ["frozen_stages_stay", "frozen_stages_thaw"]


def freeze_stages(model, n_frozen):
    for number, stage in enumerate(model):
        stage.train(number >= n_frozen)
