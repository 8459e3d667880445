"""
ru: Деление с округлением вверх.
en: The division rounds up.
"""

FAILS = ["encoder_decoder_sizes"]


def encoder_decoder_sizes(size, kernels, strides, paddings):
    sizes, lost = [size], []
    for kernel, stride, padding in zip(kernels, strides, paddings):
        steps, rest = divmod(sizes[-1] + 2 * padding - kernel, stride)
        sizes.append(steps + 1 + (rest > 0))
        lost.append(rest)
    return sizes, lost[::-1]
