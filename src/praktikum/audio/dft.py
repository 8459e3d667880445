"""The discrete Fourier transform, by its definition and by halves.

    X[k] = Σₙ x[n] exp(-2πi k n / N),  k = 0 … N - 1

As a product with a matrix that takes N² steps. Cooley and Tukey, 1965, "An algorithm for the
machine calculation of complex Fourier series", take the even and the odd samples apart:

    X[k] = E[k] + exp(-2πi k / N) O[k],  X[k + N/2] = E[k] - exp(-2πi k / N) O[k]

which is N log₂ N steps where N is a power of two. To read and to learn from; what sound is
analysed with is `torch.fft`, which does the same in C.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Complex, Float
from torch import Tensor

__all__ = ["dft", "dft_matrix", "fft", "frequencies"]

Signal = Float[Tensor, "*batch n"] | Complex[Tensor, "*batch n"]


def dft_matrix(n: int, dtype: torch.dtype = torch.complex128) -> Complex[Tensor, "n n"]:
    """Return the matrix F with F[k, m] = exp(-2πi k m / n); F / √n is unitary."""
    k = torch.arange(n)
    turns = torch.outer(k, k) % n  # exact, where the product of the floats would not be
    angles = -2 * math.pi / n * turns.to(torch.float64)
    return torch.polar(torch.ones_like(angles), angles).to(dtype)


def dft(signal: Signal) -> Complex[Tensor, "*batch n"]:
    """Return the transform along the last axis, by the definition."""
    values = signal.to(_complex(signal.dtype))
    return values @ dft_matrix(values.shape[-1], values.dtype).to(values.device)


def fft(signal: Signal) -> Complex[Tensor, "*batch n"]:
    """Return the transform along the last axis, by halves as long as their lengths are even."""
    n = signal.shape[-1]
    if n % 2 or n == 0:
        return dft(signal)
    even, odd = fft(signal[..., 0::2]), fft(signal[..., 1::2])
    angles = -2 * math.pi / n * torch.arange(n // 2, dtype=torch.float64, device=signal.device)
    turned = odd * torch.polar(torch.ones_like(angles), angles).to(odd.dtype)
    return torch.cat([even + turned, even - turned], dim=-1)


def frequencies(n_fft: int, rate: int) -> Float[Tensor, " frequencies"]:
    """Return the frequency of each of the n_fft // 2 + 1 bins of a real signal's spectrum, Hz."""
    return torch.arange(n_fft // 2 + 1, dtype=torch.float64) * (rate / n_fft)


def _complex(dtype: torch.dtype) -> torch.dtype:
    """The complex type that holds values of this type."""
    double = dtype in (torch.float64, torch.complex128)
    return torch.complex128 if double else torch.complex64
