"""What the statistics of every kind count."""

import numpy as np

LAGS = (1, 2, 4, 8)


def entropy(values, classes):
    counts = np.bincount(values, minlength=classes)
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log2(share)).sum())


def repeats(units, lag):
    """Share of bars equal to the one `lag` before, and of how many."""
    same = sum(a == b for a, b in zip(units, units[lag:]))
    return same, max(0, len(units) - lag)


def lag_shares(tunes, split):
    shares = []
    for lag in LAGS:
        counts = [repeats(split(tune), lag) for tune in tunes]
        shares.append(sum(c[0] for c in counts) / max(1, sum(c[1] for c in counts)))
    return shares
