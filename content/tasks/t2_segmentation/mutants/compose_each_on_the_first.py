"""
ru: Каждый шаг применён к исходной паре, остался только последний.
en: Each step is applied to the first pair, so only the last one counts.
"""

FAILS = ["compose_in_order"]


class Compose:
    def __call__(self, image, mask, rng):
        if image.shape[:2] != mask.shape:
            raise ShapeError(f"got {image.shape[:2]} and {mask.shape}")
        changed = image, mask
        for step in self.steps:
            changed = step(image, mask, rng)
        return changed
