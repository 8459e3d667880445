"""
ru: Состояния не переставлены вслед за текстами.
en: States are not reordered as the texts are.
"""

FAILS = ["beam_of_all"]


def beam_search(step, start, state=None, *, eos, max_length, beam_size=5, length_penalty=0.0):
    beams = Beam.begin(len(start), beam_size, start.device)
    live, tokens = torch.arange(0, len(start) * beam_size, beam_size, device=start.device), start
    for _ in range(max_length):
        if not len(live):
            break
        logits, state = step(tokens, state)
        log_probs, followers = logits.log_softmax(dim=-1).topk(min(beam_size, logits.shape[-1]))
        beams, parents = beams.extended(live, log_probs, followers, eos, length_penalty)
        rows = torch.empty_like(parents)
        rows[live] = torch.arange(len(live), device=live.device)
        live = beams.live()
        state, tokens = (
            select_rows(state, rows[parents[live]].sort().values),
            beams.tokens[live, -1],
        )
    return beams.by_start(eos)
