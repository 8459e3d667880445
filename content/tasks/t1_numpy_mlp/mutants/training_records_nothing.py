"""
ru: Обратный вызов ничего не записывает: в истории одна запись.
en: The callback records nothing: the history has a single entry.
"""

FAILS = ["training_finds_optimum"]


def train_lbfgs(network, X, y, X_test, y_test, *, max_iterations=500):
    recorder = Recorder(network, X, y, X_test, y_test)

    def callback(intermediate_result):
        set_weights(network, intermediate_result.x)

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
