"""What the chorale network sees of a window of steps, some of whose cells are masked.

The definition that `runtime/models/src/vocab/chorale.rs` repeats in Rust; the parity test there
holds the two together.
"""

import numpy as np

from chorale_data import LOWEST, MASKED, METERS, OUTSIDE, PITCHES, TOKENS, VOICES

WINDOW = 64  # steps that are seen at once
DISTANCES = 8
PAIRS = [(high, low) for high in range(VOICES) for low in range(high + 1, VOICES)]
GAP_LEAST, GAPS = -5, 35  # semitones between two voices; the last class is unknown
LEAP, LEAPS = 12, 26  # semitones to the note before or after; the last class is unknown
PLACES = 32  # 0 to 3: in the beat, the bar untold; then 4 + place in the bar
SEEN = TOKENS + 2

COLUMNS = [
    *((f"token{v}", SEEN) for v in range(VOICES)), *((f"strike{v}", 3) for v in range(VOICES)),
    *((f"left{v}", SEEN) for v in range(VOICES)), *((f"left_far{v}", DISTANCES) for v in range(VOICES)),
    *((f"right{v}", SEEN) for v in range(VOICES)), *((f"right_far{v}", DISTANCES) for v in range(VOICES)),
    *((f"gap{a}{b}", GAPS) for a, b in PAIRS),
    *((f"from{v}", LEAPS) for v in range(VOICES)), *((f"to{v}", LEAPS) for v in range(VOICES)),
    ("place", PLACES), ("meter", len(METERS) + 2), ("resolution", 3), ("key", 25), ("fermata", 3),
    ("root", 13),
]
REALS = 12  # the tones of the chord that is asked for


def distance_class(steps):
    """0 for the neighbour, then 2, 3, 4, 5-8, 9-16, more; the last class is nothing there."""
    return np.select(
        [steps <= 4, steps <= 8, steps <= 16], [np.maximum(steps, 1) - 1, 4, 5], 6
    )


def nearest(tokens, reverse):
    """The nearest known cell before (or after) each one: its token, and its distance class."""
    if reverse:
        tokens = tokens[:, ::-1]
    steps = tokens.shape[1]
    known = tokens < MASKED
    index = np.where(known, np.arange(steps)[None, :, None], -1)
    index = np.maximum.accumulate(index, axis=1)
    before = np.concatenate([np.full_like(index[:, :1], -1), index[:, :-1]], 1)
    found = np.take_along_axis(tokens, np.maximum(before, 0), 1)
    token = np.where(before < 0, OUTSIDE, found)
    far = distance_class(np.arange(steps)[None, :, None] - before)
    far = np.where(before < 0, DISTANCES - 1, far)
    return (token[:, ::-1], far[:, ::-1]) if reverse else (token, far)


def difference(a, b, least, unknown):
    """a - b in semitones as a class, where both are pitches."""
    both = (a < PITCHES) & (b < PITCHES)
    return np.where(both, np.clip(a - b - least, 0, unknown - 1), unknown)


def features(tokens, strikes, place, meter, resolution, key, fermata, root):
    """Columns (windows x steps x len(COLUMNS)) of windows.

    `tokens` and `strikes` are windows x steps x voices, with MASKED and OUTSIDE; the others are
    windows x steps, or a number for each window (`meter`, `resolution`, `key`).
    """
    windows, steps, _ = tokens.shape
    columns = np.zeros((windows, steps, len(COLUMNS)), np.int64)
    left, left_far = nearest(tokens, False)
    right, right_far = nearest(tokens, True)
    at = 0
    for part in (tokens, strikes, left, left_far, right, right_far):
        columns[..., at : at + VOICES] = part
        at += VOICES
    for high, low in PAIRS:
        columns[..., at] = difference(tokens[..., high], tokens[..., low], GAP_LEAST, GAPS - 1)
        at += 1
    for near in (left, right):
        columns[..., at : at + VOICES] = difference(tokens, near, -LEAP, LEAPS - 1)
        at += VOICES
    for part in (place, meter, resolution, key, fermata, root):
        part = np.asarray(part)
        columns[..., at] = part[:, None] if part.ndim == 1 else part
        at += 1
    return columns


def places(length, bar, pickup):
    """The column `place` of so many steps from the start of a piece; `bar` 0 is untold."""
    steps = np.arange(length)
    if not bar:
        return steps % 4
    return 4 + np.minimum((steps - pickup) % bar, PLACES - 5)


__all__ = ["COLUMNS", "LOWEST", "REALS", "WINDOW", "features", "places"]
