"""Directions of a latent space: where a point must go so that the music has more of something."""

import numpy as np

from latent_data import BEYOND, FIRST, MELODY, REST
from latent_decode import decode, encode


def pitches(window):
    return [int(s) for s in window if FIRST <= s < BEYOND]


def offbeat(struck):
    """Share of what begins off the beat with nothing on the next one (a beat has four
    sixteenths; the window goes round)."""
    at = np.flatnonzero(struck)
    if not len(at):
        return 0.0
    after = (at // 4 + 1) * 4 % len(struck)
    return float(((at % 4 > 0) & ~struck[after]).mean())


def melody_measures(window):
    notes, struck = pitches(window), (window >= FIRST) & (window < BEYOND)
    leaps = np.abs(np.diff(notes)) if len(notes) > 1 else np.zeros(1)
    return {
        "density": struck.mean(), "syncopation": offbeat(struck), "leaps": leaps.mean(),
        "height": float(np.mean(notes)) if notes else 0.0, "rests": (window == REST).mean(),
    }


def drums_measures(window):
    struck = window[:, None] >> np.arange(9) & 1
    return {
        "density": struck.sum(1).mean(), "syncopation": offbeat(struck[:, :2].any(1)),
        "kick": struck[:, 0].mean(), "snare": struck[:, 1].mean(),
        "hats": struck[:, [2, 3, 8]].sum(1).mean(), "toms": struck[:, 4:7].sum(1).mean(),
    }


def measured(kind, rows):
    measure = melody_measures if kind is MELODY else drums_measures
    table = [measure(row) for row in rows]
    return {name: np.array([row[name] for row in table]) for name in table[0]}


def directions(model, windows, most=8000):
    """For each measure the direction in which the mean of the upper quarter of the windows lies from
    that of the lower quarter, as long as one deviation of the measure, as the decoder shows it in the
    mean of a whole length and twice a half one (hits come and go at thresholds, so half a length
    does less than half); and what half a length along it does to windows, in deviations of each
    measure."""
    bar = 16
    rows = np.flatnonzero(windows.bars == bar)
    rows = np.random.default_rng(2).permutation(rows)[:most]
    symbols = windows.symbols[rows]
    points = encode(model, symbols, windows.bars[rows])
    values = measured(model.kind, symbols[:, : 2 * bar])
    trial = points[:400]
    before = measured(model.kind, decode(model, trial, bar))
    found, effects = {}, {}
    for name, value in values.items():
        low, high = np.quantile(value, (0.25, 0.75))
        if high <= low:
            low, high = value.min(), max(value.min() + 1e-9, high)
        step = points[np.flatnonzero(value >= max(high, low + 1e-9))].mean(0) - points[np.flatnonzero(value <= low)].mean(0)
        for _ in range(5):
            moved = [
                (measured(model.kind, decode(model, trial + part * step, bar))[name] - before[name]).mean() / part
                for part in (0.5, 1.0)
            ]
            step = step / np.clip(np.mean(moved) / value.std(), 0.25, 4.0) ** 0.5
        after = measured(model.kind, decode(model, trial + 0.5 * step, bar))
        effects[name] = [round(float((after[n] - before[n]).mean() / values[n].std()), 2) for n in values]
        found[name] = [round(float(v), 4) for v in step]
    return found, effects
