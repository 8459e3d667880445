"""
ru: Точность считает и дополнение.
en: Accuracy counts padding too.
"""

FAILS = ["accuracy_of_real_tokens"]


def token_accuracy(logits, targets, pad):
    return (logits.argmax(dim=-1) == targets).double().mean()
