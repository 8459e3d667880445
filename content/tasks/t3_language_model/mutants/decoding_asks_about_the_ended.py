"""
ru: Модель считает и кончившиеся тексты, ответ отбрасывается.
en: The model computes ended texts too, and the answer is thrown away.
"""

FAILS = ["ended_texts_rest"]


def decode(step, start, state, choose, *, eos, max_length):
    written = torch.full((len(start), max_length), eos)
    lengths, log_probs = torch.zeros_like(start), torch.zeros(len(start))
    live, tokens = torch.ones(len(start), dtype=torch.bool), start
    for time in range(max_length):
        logits, state = step(tokens, state)
        tokens = torch.where(live, choose(logits), eos)
        chosen = logits.log_softmax(dim=-1).gather(-1, tokens[:, None]).squeeze(-1)
        written[:, time] = tokens
        log_probs += torch.where(live, chosen, 0.0).float()
        lengths += live.long()
        live &= tokens != eos
        if not live.any():
            break
    return Decoded(written[:, : int(lengths.max())], log_probs, lengths)
