"""
ru: После предсказания сеть осталась в режиме применения.
en: After the prediction the network stays in evaluation mode.
"""

FAILS = ["forward_and_predict"]


def predict(network, X):
    for layer in network:
        layer.eval()
    return forward(network, X).argmax(axis=1)
