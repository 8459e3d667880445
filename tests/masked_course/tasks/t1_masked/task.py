# %% [markdown] lang="ru"
# # Прямоугольники

# %% [markdown] lang="en"
# # Rectangles

# %% include="exercises:area"

# %% check="area"

# %% check="masks"

# %% [markdown] lang="ru" answer="masks"
# Ваш ответ.

# %% [markdown] lang="en" answer="masks"
# Your answer.
