"""What the drums network sees before each sixteenth: position, conditions, and looks back.

The definition that `runtime/models/src/vocab/drums.rs` repeats in Rust; the parity test there
holds the two together.
"""

import numpy as np

from drums_data import DRUMS, STYLES, TEMPI, METERS, bits

NEAR = (1, 2, 3, 4, 6, 8)  # steps back
LAGS = (1, 2, 4, 8)  # bars back
RUN_LIMITS = (1, 2, 4, 8, 16, 32, 64)
POSITIONS, BAR_CYCLE, LEFT = 32, 16, 20

# (name, number of values) of each integer column.
COLUMNS = (
    [("position", POSITIONS), ("bar", BAR_CYCLE), ("left", LEFT), ("meter", len(METERS) + 1),
     ("style", len(STYLES) + 1), ("kind", 3), ("tempo", len(TEMPI) + 2)]
    + [(f"run_{lag}", len(RUN_LIMITS) + 1) for lag in LAGS]
)
# Zeros and ones: the classes so many steps ago, then so many bars ago, then which of the bars
# exist.
REALS = DRUMS * (len(NEAR) + len(LAGS)) + len(LAGS)
BARS_AT = DRUMS * len(NEAR)  # where the bars begin among the reals
EXIST_AT = DRUMS * (len(NEAR) + len(LAGS))


def run_class(run):
    return sum(run >= limit for limit in RUN_LIMITS)


def left_class(steps, bar):
    """Bars left, the current one included: 1..16, 17-24, 25-32, more."""
    bars = -(-steps // bar)
    return bars if bars <= 16 else 17 + (bars > 24) + (bars > 32)


def features(take, with_left=False, with_style=True, with_kind=True, with_tempo=True):
    """Columns (steps x len(COLUMNS)) and reals (steps x REALS) before every step of a take."""
    length = len(take)
    now = np.arange(length)
    columns = np.zeros((length, len(COLUMNS)), np.int16)
    columns[:, 0] = np.minimum(now % take.bar, POSITIONS - 1)
    columns[:, 1] = now // take.bar % BAR_CYCLE
    if with_left:
        columns[:, 2] = [left_class(length - t, take.bar) for t in now]
    columns[:, 3] = take.meter
    columns[:, 4] = take.style if with_style else 0
    columns[:, 5] = take.kind if with_kind else 0
    columns[:, 6] = take.tempo if with_tempo else 0
    reals = np.zeros((length, REALS), np.float32)
    struck = bits(take.steps)
    for i, back in enumerate(NEAR + tuple(lag * take.bar for lag in LAGS)):
        reals[back:, DRUMS * i : DRUMS * (i + 1)] = struck[: max(0, length - back)]
    for i, lag in enumerate(LAGS):
        back = lag * take.bar
        reals[back:, EXIST_AT + i] = 1.0
        run = 0
        for t in range(length):
            columns[t, 7 + i] = run_class(run)
            run = run + 1 if t >= back and take.steps[t] == take.steps[t - back] else 0
    return columns, reals
