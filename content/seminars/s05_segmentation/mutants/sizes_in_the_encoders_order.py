"""
ru: output_padding перечислены в порядке кодировщика.
en: The output_padding are listed in the encoder's order.
"""

FAILS = ["encoder_decoder_sizes"]


def encoder_decoder_sizes(size, kernels, strides, paddings):
    sizes, lost = [size], []
    for kernel, stride, padding in zip(kernels, strides, paddings):
        steps, rest = divmod(sizes[-1] + 2 * padding - kernel, stride)
        sizes.append(steps + 1)
        lost.append(rest)
    return sizes, lost
