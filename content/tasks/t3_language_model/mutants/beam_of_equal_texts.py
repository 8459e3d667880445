"""
ru: Все места луча начинают с одного текста и хранят его копии.
en: All places of the beam begin with one text and keep copies of it.
"""

FAILS = ["beam_of_all"]


class Beam:
    def begin(cls, n_starts, beam_size, device):
        lengths = torch.zeros(n_starts * beam_size, dtype=torch.long, device=device)
        log_probs = torch.full((n_starts * beam_size,), -torch.inf)
        log_probs[0::beam_size] = 0
        log_probs[1::beam_size] = 0
        return Beam(lengths.new_empty(len(lengths), 0), log_probs, lengths, lengths > 0, beam_size)


def beam_search(step, start, state=None, *, eos, max_length, beam_size=5, length_penalty=0.0):
    beams = Beam.begin(Beam, len(start), beam_size, start.device)
    live = beams.live()
    tokens = start[live // beam_size]
    state = select_rows(state, live // beam_size)
    for _ in range(max_length):
        if not len(live):
            break
        logits, state = step(tokens, state)
        log_probs, followers = logits.log_softmax(dim=-1).topk(min(beam_size, logits.shape[-1]))
        beams, parents = beams.extended(live, log_probs, followers, eos, length_penalty)
        rows = torch.empty_like(parents)
        rows[live] = torch.arange(len(live))
        live = beams.live()
        state, tokens = select_rows(state, rows[parents[live]]), beams.tokens[live, -1]
    return beams.by_start(eos)
