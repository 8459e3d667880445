"""What only the expecting halves use."""

import statistics


def exact_mean(values):
    return statistics.fmean(values.tolist())
