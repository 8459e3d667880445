"""
ru: Кэш один на все блоки.
en: One cache for all blocks.
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
        for block, cache in zip(self.model.blocks, list(self.caches), strict=True):
            x = block(x, mask, None, self.caches[0])
        return x
