"""What the chords network sees before each event: position, conditions, sections, looks back.

The definition that `runtime/models/src/vocab/chords.rs` repeats in Rust; the parity test there
holds the two together.
"""

import numpy as np

from chords_data import DURATIONS, METERS, NO_DURATION, NONE, SECTIONS, SOURCES, TOKENS
from event_model import Vocabulary
from lookback import RUNS, LookBack

LAGS = (1, 2, 4, 8, 16)  # bars
POSITIONS, BAR_CYCLE, LEFT = 25, 16, 20
D = NO_DURATION + 1

COLUMNS = (
    [("token", TOKENS), ("duration", D), ("position", POSITIONS), ("bar", BAR_CYCLE),
     ("left", LEFT), ("meter", len(METERS) + 1), ("mode", 3), ("style", len(SOURCES) + 1),
     ("section", len(SECTIONS) + 1), ("section_bar", LEFT), ("section_left", LEFT),
     ("same_section", TOKENS), ("same_duration", D)]
    + [(f"{what}_{lag}", size) for lag in LAGS
       for what, size in (("token", TOKENS), ("duration", D), ("run", RUNS))]
    + [("token_match", TOKENS), ("duration_match", D), ("run_match", RUNS)]
)
NAMES = [name for name, _ in COLUMNS]
REALS = 1  # a column of ones; chords need no real inputs

VOCABULARY = Vocabulary(
    COLUMNS, REALS, TOKENS, len(DURATIONS),
    [i for i, n in enumerate(NAMES) if n.startswith(("token_", "same_section"))],
    [i for i, n in enumerate(NAMES) if n.startswith(("duration_", "same_duration"))],
)


def bars_class(steps, bar):
    """Bars, a part of one included: 1..16, 17-24, 25-32, more."""
    bars = max(1, -(-steps // bar))
    return bars if bars <= 16 else 17 + (bars > 24) + (bars > 32)


def features(row, events, with_left=False, with_sections=False, with_style=False, with_mode=True):
    """Columns (events x len(COLUMNS)) and reals (events x REALS)."""
    table = np.zeros((len(events), len(COLUMNS)), np.int16)
    past = LookBack(row.bar, LAGS, (NONE, NO_DURATION))
    token, duration = NONE, NO_DURATION
    meter = METERS.index(row.meter) + 1 if row.meter in METERS else 0
    first = {}  # where the latest section of each kind began, and the one before it
    at = {}
    for i, (now, next_token, next_duration) in enumerate(events):
        section, same = (0, 0, 0), (NONE, NO_DURATION)
        if with_sections:
            kind, begin, end = row.section_at(now)
            section = (kind, bars_class(now - begin + 1, row.bar), bars_class(end - now, row.bar))
            begins = first.setdefault(kind, [])
            if begin not in begins:
                begins.append(begin)
            if len(begins) > 1 and kind:
                same = at.get(begins[-2] + now - begin, same)
        table[i] = [
            token, duration, min(now % row.bar, POSITIONS - 1), now // row.bar % BAR_CYCLE,
            bars_class(row.end - now, row.bar) if with_left else 0, meter,
            row.mode if with_mode else 0, row.style if with_style else 0, *section, *same,
            *past.lagged(now), *past.matched(),
        ]
        token, duration = next_token, next_duration
        at[now] = (token, duration)
        past.push(now, token, duration)
    return table, np.ones((len(events), REALS), np.float32)
