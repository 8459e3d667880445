"""
ru: Тестовая точность в истории посчитана на обучающей выборке.
en: The test accuracy in the history is computed on the training set.
"""

FAILS = ["training_finds_optimum"]


def train_lbfgs(network, X, y, X_test, y_test, *, max_iterations=500):
    recorder = Recorder(network, X, y, X, y)

    def callback(intermediate_result):
        set_weights(network, intermediate_result.x)
        recorder.record()

    result = minimize(
        compute_loss_grad,
        get_weights(network),
        args=((network, X, y),),
        method="L-BFGS-B",
        jac=True,
        callback=callback,
        options={"maxiter": max_iterations},
    )
    set_weights(network, result.x)
    return recorder.history()
