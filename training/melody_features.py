"""What the network sees before each event: position, conditions, and looks back.

The definition that `runtime/models/src/vocab/melody.rs` repeats in Rust; the parity test
there holds the two together. All features are small integers, looked up in tables, except
the tones of the current and next chord, which are 2 x 12 zeros or ones.
"""

import numpy as np

from lookback import RUNS, LookBack, run_class
from melody_data import NO_DURATION, NONE, PITCHES, meter_id

LAGS = (1, 2, 4, 8, 16)  # bars
MOVED_LAGS = (1, 2)
POSITIONS, BAR_CYCLE, LEFT = 193, 16, 20
D = NO_DURATION + 1

# (name, number of values) of each integer column.
COLUMNS = (
    [("token", 64), ("duration", D), ("position", POSITIONS), ("beat", 24), ("bar", BAR_CYCLE),
     ("left", LEFT), ("meter", 12), ("mode", 7), ("root", 13), ("bass", 13), ("next_root", 13)]
    + [(f"{what}_{lag}", size) for lag in LAGS
       for what, size in (("token", 64), ("duration", D), ("run", RUNS))]
    + [(f"{what}_{lag}", size) for lag in MOVED_LAGS
       for what, size in (("moved", 64), ("rhythm_run", RUNS))]
    + [("token_match", 64), ("duration_match", D), ("run_match", RUNS)]
)
NAMES = [name for name, _ in COLUMNS]
# Columns that name a token, or a duration, which the network may copy.
TOKEN_COPIES = [i for i, n in enumerate(NAMES) if n.startswith(("token_", "moved_"))]
DURATION_COPIES = [i for i, n in enumerate(NAMES) if n.startswith("duration_")]


def left_class(ticks, bar):
    """Bars left, the current one included: 1..16, 17-24, 25-32, more."""
    bars = -(-ticks // bar)
    return bars if bars <= 16 else 17 + (bars > 24) + (bars > 32)


class Past(LookBack):
    """The look back of a melody: also at the pitch to which a sequence has moved."""

    def __init__(self, bar):
        super().__init__(bar, LAGS, (NONE, NO_DURATION))
        self.rhythm_runs = [0] * len(MOVED_LAGS)

    def push(self, onset, token, duration):
        """Take the next event in."""
        for i, lag in enumerate(MOVED_LAGS):
            past = self.back(onset, lag)
            same = past is not None and past[1] == duration
            self.rhythm_runs[i] = self.rhythm_runs[i] + 1 if same else 0
        super().push(onset, token, duration)
        self.last_onset = onset

    def columns(self, now):
        """The look-back columns for an event that begins at `now`."""
        row = self.lagged(now)
        for i, lag in enumerate(MOVED_LAGS):
            row += [self.moved(row[3 * i], lag), run_class(self.rhythm_runs[i])]
        return row + self.matched()

    def moved(self, token, lag):
        """`token` moved as far as the last event lies from the one `lag` bars before it."""
        if token >= PITCHES or not self.events:
            return NONE
        past = self.back(self.last_onset, lag)
        last = self.events[-1][0]
        if past is None or last >= PITCHES or past[0] >= PITCHES:
            return NONE
        target = token + last - past[0]
        return target if 0 <= target < PITCHES else NONE


class ChordRow:
    """Chords by tick: (root + 1 or 0, tones, bass + 1 or 0)."""

    def __init__(self, chords):
        self.ticks = [c[0] for c in chords]
        self.rows = [(c[1] + 1, c[2], c[3] + 1) for c in chords]

    def at(self, tick):
        from bisect import bisect_right

        i = bisect_right(self.ticks, tick) - 1
        return self.rows[i] if i >= 0 else (0, (), 0)


def features(tune, events, chords=(), with_left=False, with_mode=True):
    """Columns (events x len(COLUMNS), int16) and chord tones (events x 24, float32)."""
    table = np.zeros((len(events), len(COLUMNS)), np.int16)
    tones = np.zeros((len(events), 24), np.float32)
    row = ChordRow(chords)
    past = Past(tune.bar)
    token, duration = NONE, NO_DURATION
    meter, mode = meter_id(tune.meter), tune.mode if with_mode else 0
    for i, (now, next_token, next_duration) in enumerate(events):
        bar, position = now // tune.bar, now % tune.bar
        root, chord, bass = row.at(now)
        next_root, next_chord, _ = row.at((bar + 1) * tune.bar)
        left = left_class(tune.end - now, tune.bar) if with_left else 0
        table[i] = [
            token, duration, min(position, POSITIONS - 1), now % 24, bar % BAR_CYCLE, left,
            meter, mode, root, bass, next_root, *past.columns(now),
        ]
        tones[i, list(chord)] = 1.0
        tones[i, [12 + t for t in next_chord]] = 1.0
        token, duration = next_token, next_duration
        past.push(now, token, duration)
    return table, tones
