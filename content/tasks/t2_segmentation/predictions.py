"""What students predict masks for: people before scenes that no training picture shows."""

from praktikum.data.silhouettes import draw_silhouettes


def picture(rng):
    """Return an image (64, 48, 3) and its true mask (64, 48): bytes, drawn from rng only."""
    return draw_silhouettes(rng, 64, 48, split="test")
