# %% [markdown] lang="ru"
# # Числа

# %% [markdown] lang="en"
# # Numbers

# %%
import numpy as np
from jaxtyping import Float
from numpy.typing import DTypeLike

from praktikum.scratch.errors import SettingError, ShapeError
from praktikum.scratch.initialisation import Initialiser, kaiming_normal
from praktikum.scratch.layers import Layer

FACTOR = 3.0

# %% include="exercises:mean"

# %% include="exercises:Scaler scratch.layers:Dense"

# %%
print("trained to", mean(np.arange(5.0)))

# %% check="numbers"

# %% [markdown] lang="ru" answer="words"
# Ваш ответ.

# %% [markdown] lang="en" answer="words"
# Your answer.

# %% [markdown] lang="ru" solution="words"
# Среднее минимизирует сумму квадратов.

# %% [markdown] lang="en" solution="words"
# The mean minimises the sum of squares.
