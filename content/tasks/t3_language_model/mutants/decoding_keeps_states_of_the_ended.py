"""
ru: Когда текст кончился, состояния остальных не сдвинуты вслед за ними.
en: When a text has ended, the states of the others don't move with them.
"""

FAILS = ["greedy_texts"]


def decode(step, start, state, choose, *, eos, max_length):
    if max_length < 1:
        raise SettingError(f"max_length must be at least 1 token, got {max_length}")
    written = torch.full((len(start), max_length), eos, device=start.device)
    lengths = torch.zeros_like(start)
    log_probs = torch.zeros(len(start), device=start.device)
    rows, tokens = torch.arange(len(start), device=start.device), start
    for time in range(max_length):
        if not len(rows):
            break
        logits, state = step(tokens, state)
        tokens = choose(logits)
        chosen = logits.log_softmax(dim=-1).gather(-1, tokens[:, None]).squeeze(-1)
        written[rows, time] = tokens
        log_probs[rows] += chosen.to(log_probs.dtype)
        lengths[rows] += 1
        (going_on,) = (tokens != eos).nonzero(as_tuple=True)
        if len(going_on) < len(rows):
            rows, tokens, state = (
                rows[going_on],
                tokens[going_on],
                select_rows(state, torch.arange(len(going_on))),
            )
    return Decoded(written[:, : int(lengths.max(initial=0))], log_probs, lengths)
