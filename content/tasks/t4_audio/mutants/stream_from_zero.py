"""
ru: Шаги нумеруются заново в каждом вызове.
en: Steps are numbered anew in each call.
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
        queries = range(len(kept), len(kept) + x.shape[1])
        mask = self.model.reach.mask(queries, range(queries.stop), x.device)
        for block, cache in zip(self.model.blocks, self.caches, strict=True):
            x = block(x, mask, None, cache)
        return x
