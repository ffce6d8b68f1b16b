"""What the expression network sees at each note: the score around it, and how the past was played.

The definition that `runtime/models/src/vocab/expression.rs` repeats in Rust; the parity test
there holds the two together.
"""

import numpy as np

from expression_data import OFFSET_STEP, TEMPO_STEP
from performance_data import PITCHES

AROUND = 4  # chords before and after that are seen
GAPS = (0.06, 0.1, 0.15, 0.2, 0.27, 0.36, 0.5, 0.7, 1.0, 1.5, 2.5)  # seconds; 0 is nothing there
DYNAMICS = (0.32, 0.38, 0.43, 0.48, 0.54, 0.6, 0.68)  # mean velocity
COLUMNS = [
    ("key", PITCHES), ("above", 25), ("below", 25), ("size", 8), ("index", 8), ("top", 2),
    ("bottom", 2), ("before", len(GAPS) + 2), ("after", len(GAPS) + 2), ("written", len(GAPS) + 2),
    ("dynamics", len(DYNAMICS) + 2), ("told", 2),
]
# Of each chord around: whether it exists, seconds from here, its highest and lowest key against
# this note, its notes. Then how the past was played: the note before, and the mean of the last ones.
WINDOW = 5 * (2 * AROUND + 1)
REALS = WINDOW + 7
FADE = 0.85  # what remains of the mean at each note


def gap_class(seconds):
    """1 to 12; 0 is nothing there. An edge that is met but for rounding is met."""
    return 0 if seconds <= 0 else 1 + sum(seconds + 1e-6 >= edge for edge in GAPS)


def loudness_class(velocity):
    return 1 + sum(velocity >= edge for edge in DYNAMICS)


def features(part, with_past=True, dynamics=0):
    """Columns (notes x len(COLUMNS)) and reals (notes x REALS)."""
    n, count = len(part), len(part.positions)
    columns, reals = np.zeros((n, len(COLUMNS)), np.int16), np.zeros((n, REALS), np.float32)
    begins = np.searchsorted(part.group, np.arange(count + 1))
    tops = [part.keys[begins[g]] for g in range(count)]
    bottoms = [part.keys[begins[g + 1] - 1] for g in range(count)]
    seconds = [
        [(part.positions[h] - part.positions[g]) * part.pulse[g] if 0 <= h < count else None
         for h in range(g - AROUND, g + AROUND + 1)] for g in range(count)
    ]
    mean, last = np.zeros(3, np.float32), np.zeros(3, np.float32)
    for i in range(n):
        g = part.group[i]
        size, index = begins[g + 1] - begins[g], i - begins[g]
        key = part.keys[i]
        above = min(24, part.keys[i - 1] - key) if index else 0
        below = min(24, key - part.keys[i + 1]) if index + 1 < size else 0
        before, after = seconds[g][AROUND - 1], seconds[g][AROUND + 1]
        columns[i] = [
            key, above, below, min(size, 8) - 1, min(index, 7), index == 0, index + 1 == size,
            gap_class(-(before or 0)), gap_class(after or 0), gap_class(part.written[i]),
            dynamics, with_past,
        ]
        for k, away in enumerate(seconds[g]):
            if away is not None:
                h = g + k - AROUND
                reals[i, 5 * k : 5 * k + 5] = (
                    1.0, np.clip(away, -4, 4) / 2, (tops[h] - key) / 24, (bottoms[h] - key) / 24,
                    min(begins[h + 1] - begins[h], 8) / 8,
                )
        if with_past:
            reals[i, WINDOW:] = [1.0, *last, *mean]
            last = scaled(part.played[i])
            mean = last if i == 0 else FADE * mean + (1 - FADE) * last
    return columns, reals


def scaled(played):
    """Velocity, offset and tempo as they are told."""
    return np.array([
        played[0], np.clip(played[1] / (4 * OFFSET_STEP), -3, 3), np.clip(played[2] / (4 * TEMPO_STEP), -3, 3),
    ], np.float32)
