"""Checks of frozen stages.

The oracle: what a step may change, entry by entry of the state.
"""

import numpy as np
import torch

from praktikum.checks import check, equal

from .stages import stages_case


def changed_by_a_step(model, images):
    """Return whether each entry of the state has been changed by a step with weight decay."""
    before = {name: value.clone() for name, value in model.state_dict().items()}
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=0.1, weight_decay=0.1)
    (model(images) ** 3).sum().backward()
    optimizer.step()
    return [not torch.equal(before[name], value) for name, value in model.state_dict().items()]


ENTRIES = (7, 7, 2)  # of the state, by stage: two of a convolution and five of BatchNorm; two


@check(part="freeze")
def frozen_stages_stay(sub, rng):
    """
    ru: Шаг обучения меняет веса и статистики размороженных ступеней и ничего больше.
    en: A step of training changes weights and statistics of the stages not frozen, and no others.
    hint ru: Что в BatchNorm меняется и без градиента?
    hint en: What in BatchNorm changes without a gradient, too?
    """
    changed = {}
    for n_frozen in range(4):
        model, images = stages_case(rng)
        sub.freeze_stages(model, n_frozen)
        if n_frozen < 3:
            changed[f"{n_frozen} frozen"] = changed_by_a_step(model, images)
    return changed


@frozen_stages_stay.expects
def _(rng):
    del rng
    return {
        f"{n_frozen} frozen": equal(np.repeat(np.arange(3) >= n_frozen, ENTRIES))
        for n_frozen in range(3)
    }


@check(part="freeze")
def frozen_stages_thaw(sub, rng):
    """
    ru: Следующий вызов с меньшим числом размораживает ступени, чем бы модель ни занималась.
    en: The next call with a smaller number thaws stages, whatever the model was doing.
    """
    model, images = stages_case(rng)
    sub.freeze_stages(model, 2)
    model.eval()
    sub.freeze_stages(model, 1)
    return {"changed": changed_by_a_step(model, images)}


@frozen_stages_thaw.expects
def _(rng):
    del rng
    return {"changed": equal(np.repeat([False, True, True], ENTRIES))}
