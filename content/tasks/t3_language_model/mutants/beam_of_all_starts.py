"""
ru: Лучшие выбираются среди всех начал вместе.
en: The best are chosen among all starts together.
"""

FAILS = ["beam_of_all"]


class Beam:
    def extended(self, live, log_probs, followers, eos, length_penalty):
        n_places, n_best = len(self.log_probs), log_probs.shape[1]
        totals = log_probs.new_full((n_places, n_best + 1), -torch.inf)
        totals[live, :-1] = self.log_probs[live, None] + log_probs
        totals[self.ended, -1] = self.log_probs[self.ended].to(totals)
        tokens = followers.new_full(totals.shape, eos)
        tokens[live, :-1] = followers
        lengths = self.lengths[:, None].repeat(1, n_best + 1)
        lengths[:, :-1] += 1
        scores = totals / lengths.clamp_min(1) ** length_penalty
        width = self.beam_size * (n_best + 1)
        chosen = (
            scores.view(-1).topk(n_places).indices.sort().values.view(-1, self.beam_size) % width
        )
        beams = torch.arange(len(chosen), device=chosen.device)[:, None]
        flat = (chosen + beams * self.beam_size * (n_best + 1)).view(-1)
        parents = flat // (n_best + 1)
        next_tokens, next_log_probs = tokens.view(-1)[flat], totals.view(-1)[flat]
        extended = Beam(
            torch.cat((self.tokens[parents], next_tokens[:, None]), dim=1),
            next_log_probs,
            lengths.view(-1)[flat],
            (next_tokens == eos) & next_log_probs.isfinite(),
            self.beam_size,
        )
        return extended, parents
