# %% [markdown] lang="ru"
# # Пять функций

# %% [markdown] lang="en"
# # Five functions

# %%

# %% include="exercises:standardise"

# %% include="exercises:pairwise_distances"

# %% include="exercises:softmax"

# %% include="exercises:moving_average"

# %% include="exercises:one_hot"
