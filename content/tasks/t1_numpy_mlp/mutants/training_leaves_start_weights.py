"""
ru: После обучения в сеть возвращены начальные веса.
en: After training the network gets back the weights it started from.
"""

FAILS = ["training_finds_optimum"]


def train_lbfgs(network, X, y, X_test, y_test, *, max_iterations=500):
    start = get_weights(network)
    recorder = Recorder(network, X, y, X_test, y_test)

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
    set_weights(network, start)
    return recorder.history()
