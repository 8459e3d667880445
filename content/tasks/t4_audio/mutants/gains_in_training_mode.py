"""
ru: Модель оценивается в режиме обучения.
en: The model is judged in training mode.
"""

FAILS = ["gains_of_domains"]


@torch.no_grad()
def gains_by_domain(model, pairs, batch_size=8):
    found = {}
    training = model.training
    for start in range(0, len(pairs), batch_size):
        batch = collate_noisy([pairs[i] for i in range(start, min(start + batch_size, len(pairs)))])
        estimates = model(batch.noisy, batch.lengths)
        rows = zip(estimates, batch.noisy, batch.speech, batch.lengths, batch.domains, strict=True)
        for estimate, noisy, speech, length, domain in rows:
            gain = si_sdr_gain(estimate[:length], noisy[:length], speech[:length])
            found.setdefault(domain, []).append(float(gain))
    model.train(training)
    return {domain: sum(gains) / len(gains) for domain, gains in found.items()}
