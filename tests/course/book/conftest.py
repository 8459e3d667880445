"""A course of one short seminar and one task, to make a small site of."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from praktikum.course.content import Content, open_content
from praktikum.course.unit import Unit

SEMINAR = """\
# %% [markdown] lang="ru"
# # Семинар о среднем
#
# Среднее чисел $x_1, \\dots, x_n$:
#
# $$\\bar x = \\frac1n \\sum_{i=1}^n x_i .$$

# %% [markdown] lang="en"
# # A seminar on the mean
#
# The mean of $x_1, \\dots, x_n$:
#
# $$\\bar x = \\frac1n \\sum_{i=1}^n x_i .$$

# %%
import matplotlib.pyplot as plt
import numpy as np

from praktikum.scratch.errors import ScratchError

# %% include="exercises:mean"

# %%
print("the mean is", mean(np.arange(5.0)))
plt.figure(figsize=(3, 2))
plt.plot([0, 1]);

# %% check="mean"
"""
EXERCISES = '''\
import numpy as np


def mean(values: np.ndarray) -> float:
    """Return the mean of ``values``, shape (n,)."""
    return float(values.sum() / len(values))
'''
CHECKS = '''\
from praktikum.checks import check, close


@check(part="mean")
def mean(sub, rng):
    """
    ru: Среднее верно.
    en: The mean is right.
    """
    return {"mean": sub.mean(rng.normal(size=7))}


@mean.expects
def _(rng):
    return {"mean": close(rng.normal(size=7).mean())}
'''
DESCRIPTION = """\
id = "s01_numbers"
title = { ru = "Среднее", en = "The mean" }
write = ["exercises:mean"]

[[parts]]
id = "mean"
title = { ru = "Среднее", en = "The mean" }
"""


@pytest.fixture(scope="session")
def small_course(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """The toy course, whose seminar has a unit here."""
    toy = Path(__file__).parents[2] / "toy_course"
    folder = tmp_path_factory.mktemp("small_course")
    shutil.copytree(toy, folder, dirs_exist_ok=True)
    seminar = folder / "seminars" / "s01_numbers"
    seminar.mkdir(parents=True)
    for name, text in {
        "seminar.toml": DESCRIPTION,
        "seminar.py": SEMINAR,
        "exercises.py": EXERCISES,
        "checks.py": CHECKS,
    }.items():
        (seminar / name).write_text(text, "utf-8")
    course = folder / "course.toml"
    entry = 'id = "s01_numbers"\n'
    text = course.read_text("utf-8")
    course.write_text(text.replace(entry, f'{entry}unit = "seminars/s01_numbers"\n'), "utf-8")
    return open_content(course)


@pytest.fixture
def seminar(small_course: Content) -> Unit:
    """The seminar, which has one exercise."""
    return small_course.unit("s01")
