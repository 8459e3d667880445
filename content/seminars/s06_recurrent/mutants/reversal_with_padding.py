"""
ru: Перевёрнут весь тензор, и набивка оказалась впереди.
en: The whole tensor is reversed, and the padding has come to the front.
"""

FAILS = ["reverse_sequences"]


def reverse_sequences(padded, lengths):
    return padded.flip(0)
