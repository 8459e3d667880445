"""
ru: Последний, неполный мини-батч потерян.
en: The last mini-batch, which is not full, is lost.
"""

FAILS = ["minibatch_training"]


def train_minibatches(network, X, y, X_test, y_test, optimiser, *, n_epochs, rng, batch_size=32):
    recorder = Recorder(network, X, y, X_test, y_test)
    weights = get_weights(network)
    for _ in range(n_epochs):
        for batch in list(minibatches(len(X), batch_size, rng))[: len(X) // batch_size]:
            _, grad = compute_loss_grad(weights, (network, X[batch], y[batch]))
            weights = optimiser.step(weights, grad)
        set_weights(network, weights)
        recorder.record()
    return recorder.history()
