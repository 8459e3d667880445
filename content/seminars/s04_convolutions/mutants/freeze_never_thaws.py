"""
ru: Что заморожено однажды, не размораживается.
en: What was frozen once is never thawed.
"""

FAILS = ["frozen_stages_thaw"]


def freeze_stages(model, n_frozen):
    model.train()
    for stage in model[:n_frozen]:
        stage.requires_grad_(False)
        stage.eval()
