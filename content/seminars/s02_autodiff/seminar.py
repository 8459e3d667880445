# %% [markdown] lang="ru"
# # Автоматическое дифференцирование

# %% [markdown] lang="en"
# # Automatic differentiation
