"""What the groove network sees at each sixteenth: all hits around it, and how the past was played.

The definition that `runtime/models/src/vocab/groove.rs` repeats in Rust; the parity test there
holds the two together.
"""

import numpy as np

from drums_data import DRUMS, METERS, STYLES, TEMPI, bits
from drums_features import POSITIONS

AROUND = 16  # steps before and after that are seen
VELOCITIES = 32  # classes of equal width from 0 to 1
OFFSETS, OFFSET_STEP = 25, 0.01  # classes, and their width in beats; the middle one is on time

# (name, number of values) of each integer column.
COLUMNS = [
    ("position", POSITIONS), ("meter", len(METERS) + 1), ("style", len(STYLES) + 1),
    ("tempo", len(TEMPI) + 2),
]
# The classes of the steps around (the earliest first), then for each class how its last hit was
# played: whether there is one, velocity, offset in quarters of a sixteenth.
WINDOW = DRUMS * (2 * AROUND + 1)
REALS = WINDOW + 3 * DRUMS
OFFSET_SCALE = 16.0


def velocity_class(velocity):
    return np.clip((velocity * VELOCITIES).astype(np.int64), 0, VELOCITIES - 1)


def offset_class(offset):
    middle = OFFSETS // 2
    return np.clip(np.floor(offset / OFFSET_STEP + 0.5).astype(np.int64) + middle, 0, OFFSETS - 1)


def velocity_centres():
    return (np.arange(VELOCITIES) + 0.5) / VELOCITIES


def offset_centres():
    return (np.arange(OFFSETS) - OFFSETS // 2) * OFFSET_STEP


def features(take, with_past=True, with_style=True, with_tempo=True):
    """Columns (steps x len(COLUMNS)) and reals (steps x REALS) at every step of a take."""
    length = len(take)
    columns = np.zeros((length, len(COLUMNS)), np.int16)
    columns[:, 0] = np.minimum(np.arange(length) % take.bar, POSITIONS - 1)
    columns[:, 1] = take.meter
    columns[:, 2] = take.style if with_style else 0
    columns[:, 3] = take.tempo if with_tempo else 0
    reals = np.zeros((length, REALS), np.float32)
    struck = bits(take.steps)
    silent = np.zeros((AROUND, DRUMS), np.float32)
    padded = np.concatenate([silent, struck, silent])
    for i in range(2 * AROUND + 1):
        reals[:, DRUMS * i : DRUMS * (i + 1)] = padded[i : i + length]
    if with_past:
        last = np.zeros((3, DRUMS), np.float32)
        for t in range(length):
            reals[t, WINDOW:] = last.reshape(-1)
            now = struck[t] > 0
            last[0, now] = 1.0
            last[1, now] = take.velocity[t, now]
            last[2, now] = OFFSET_SCALE * take.offset[t, now]
    return columns, reals
