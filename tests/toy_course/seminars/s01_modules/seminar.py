# %% [markdown] lang="ru"
# # Проверки в модулях

# %% [markdown] lang="en"
# # Checks in modules

# %%
import numpy as np

# %% include="exercises:mean exercises:centred"

# %% check="centring"
