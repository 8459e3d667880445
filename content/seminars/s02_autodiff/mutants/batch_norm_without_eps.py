"""
ru: Забыто слагаемое eps под корнем.
en: The term eps under the root is forgotten.
"""

FAILS = ["batch_norm_parameters", "batch_norm_input"]


def grad_batch_norm(X, gamma, grad_output, eps=1e-5):
    normalised = (X - X.mean(axis=0)) / X.std(axis=0)
    centred = grad_output - grad_output.mean(axis=0)
    along = normalised * (grad_output * normalised).mean(axis=0)
    grad_gamma = (grad_output * normalised).sum(axis=0)
    return gamma / X.std(axis=0) * (centred - along), grad_gamma, grad_output.sum(axis=0)
