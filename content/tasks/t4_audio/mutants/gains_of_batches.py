"""
ru: Усреднены средние по батчам, а не пары.
en: Means of batches are averaged, not pairs.
"""

FAILS = ["gains_of_domains"]


@torch.no_grad()
def gains_by_domain(model, pairs, batch_size=8):
    found = {}
    training = model.training
    model.eval()
    for start in range(0, len(pairs), batch_size):
        batch = collate_noisy([pairs[i] for i in range(start, min(start + batch_size, len(pairs)))])
        estimates = model(batch.noisy, batch.lengths)
        rows = zip(estimates, batch.noisy, batch.speech, batch.lengths, batch.domains, strict=True)
        mine: dict = {}
        for estimate, noisy, speech, length, domain in rows:
            gain = si_sdr_gain(estimate[:length], noisy[:length], speech[:length])
            mine.setdefault(domain, []).append(float(gain))
        for domain, gains in mine.items():
            found.setdefault(domain, []).append(sum(gains) / len(gains))
    model.train(training)
    return {domain: sum(gains) / len(gains) for domain, gains in found.items()}
