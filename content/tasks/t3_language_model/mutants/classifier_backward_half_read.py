"""
ru: От обратного направления взят его первый прочитанный шаг.
en: Of the backward direction the first step that it read is taken.
"""

FAILS = ["classifier_logits"]


class RNNClassifier:
    def forward(self, tokens, lengths):
        if lengths.numel() and int(lengths.min()) < 1:
            raise ShapeError("each text needs a token at least, got an empty one; end it by <eos>")
        output = self._read(self.embedding(tokens), lengths)
        if self.pooling == "last" and self.bidirectional:
            forward, backward = output.chunk(2, dim=2)
            pooled = torch.cat(
                (POOLINGS["last"](forward, lengths), POOLINGS["last"](backward, lengths)), dim=1
            )
        else:
            pooled = POOLINGS[self.pooling](output, lengths)
        return self.head(self.dropout(pooled))
