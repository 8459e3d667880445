"""
ru: Число итераций ограничено тремя, что бы ни просили.
en: There are three iterations at most, whatever was asked for.
"""

FAILS = ["training_finds_optimum"]


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
        options={"maxiter": 3},
    )
    set_weights(network, result.x)
    return recorder.history()
