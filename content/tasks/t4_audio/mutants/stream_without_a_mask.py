"""
ru: Новые шаги видят всё, что в кэше, и друг друга.
en: New steps see all that is in the cache, and each other.
"""

FAILS = ["stream_is_whole"]


class ConformerStream:
    @torch.no_grad()
    def step(self, x):
        seen, chunk = (len(self.caches[0].attention), self.model.reach.chunk)
        if seen % chunk:
            raise ShapeError(
                f"{seen} steps are no whole number of chunks of {chunk}: only the last call of a stream may end within a chunk"
            )
        kept = self.caches[0].attention.kept
        queries = range(seen, seen + x.shape[1])
        mask = self.model.reach.mask(queries, range(kept.start, queries.stop), x.device)
        for block, cache in zip(self.model.blocks, self.caches, strict=True):
            x = block(x, None, None, cache)
        return x
