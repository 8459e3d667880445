"""
ru: max_iterations не передано в minimize.
en: max_iterations is not passed to minimize.
"""

FAILS = ["training_on_digits"]


def train_lbfgs(network, X, y, X_test, y_test, *, max_iterations=500):
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
    )
    set_weights(network, result.x)
    return recorder.history()
