"""Windows of two bars for the autoencoders, as one symbol for every sixteenth.

Melody: what is sounding goes on (HOLD), silence begins (REST), or a pitch relative to the tonic
begins. Drums: one of 512 combinations of nine classes, bit 0 is the kick. `runtime/models/src/vocab/
latent.rs` is the same in Rust.
"""

import numpy as np

import drums_data
import melody_data

BARS = 2
SOURCES = (*melody_data.FOLK, "openscore-lieder", "own")

# Melody: 0 goes on, 1 is silence, 2.. are the pitch tokens of melody_data; 63 is beyond the window.
HOLD, REST, FIRST, BEYOND = 0, 1, 2, 63
PLACES = 25  # sixteenths since the bar line, or in a bar, at most 24


class Kind:
    """What differs between melodies and drums."""

    def __init__(self, name, longest, symbols, latent):
        self.name, self.longest, self.symbols, self.latent = name, longest, symbols, latent

    def __deepcopy__(self, _):
        return self


# Two bars of 12/8 or 3/2 are 48 sixteenths, two of 5/4 are 40.
MELODY = Kind("melody-vae", 48, 63, 128)
DRUMS = Kind("drums-vae", 40, 512, 128)
KINDS = {kind.name: kind for kind in (MELODY, DRUMS)}


class Windows:
    """`symbols` (windows x longest; past their end BEYOND or 0) and `bars`, sixteenths in a bar."""

    def __init__(self, symbols, bars, sources):
        self.symbols, self.bars, self.sources = symbols, bars, sources

    def __len__(self):
        return len(self.bars)


def melody_symbols(tune):
    """A symbol for every sixteenth from the first bar line, and the sixteenths in a bar."""
    step, reference = melody_data.SIXTEENTH, melody_data.reference_pitch(tune.tonic)
    symbols = np.full(max(0, -(-tune.end // step)), REST, np.int16)
    symbols[1:] = HOLD
    sounding_until = 0
    for onset, end, pitch in tune.notes:
        at, until = (onset + step // 2) // step, (end + step // 2) // step
        until = max(until, at + 1)
        if at < 0 or at >= len(symbols):
            continue
        if 0 < sounding_until < at:
            symbols[sounding_until] = REST
        if symbols[at] < FIRST:  # of two notes in one place the first
            symbols[at] = FIRST + melody_data.relative_token(pitch, reference)
        sounding_until = until
    if 0 < sounding_until < len(symbols):
        symbols[sounding_until] = REST
    return symbols, tune.bar // step


def melody_windows(path):
    """Windows by split, one beginning at each bar line."""
    rows = {split: ([], [], []) for split in ("train", "valid", "test")}
    for tune, _ in melody_data.load(path, SOURCES):
        symbols, bar = melody_symbols(tune)
        if bar * melody_data.SIXTEENTH != tune.bar or not 2 < bar < PLACES:
            continue
        for begin in range(0, len(symbols) - BARS * bar + 1, bar):
            window = symbols[begin : begin + BARS * bar]
            if (window >= FIRST).sum() < 2:
                continue
            padded = np.full(MELODY.longest, BEYOND, np.int16)
            padded[: len(window)] = window
            keep(rows[tune.split], padded, bar, (tune.source, tune.licence))
    return {split: gathered(row) for split, row in rows.items()}


def drums_windows(path):
    """Windows by split, one beginning at each bar line."""
    rows = {split: ([], [], []) for split in ("train", "valid", "test")}
    for take in drums_data.load(path):
        if BARS * take.bar > DRUMS.longest:
            continue
        for begin in range(0, len(take) - BARS * take.bar + 1, take.bar):
            window = take.steps[begin : begin + BARS * take.bar]
            if (window > 0).sum() < 2:
                continue
            padded = np.zeros(DRUMS.longest, np.int16)
            padded[: len(window)] = window
            keep(rows[take.split], padded, take.bar, (take.source, take.licence))
    return {split: gathered(row) for split, row in rows.items()}


def keep(row, *values):
    for column, value in zip(row, values):
        column.append(value)


def gathered(row):
    symbols, bars, sources = row
    return Windows(np.array(symbols), np.array(bars, np.int16), sources)


def load(kind, path):
    return melody_windows(path) if kind is MELODY else drums_windows(path)


def transposed(symbols, semitones):
    """Melody windows (windows x longest) moved by semitones each; where one would leave the
    table it stays."""
    pitched = (symbols >= FIRST) & (symbols < BEYOND)
    moved = np.where(pitched, symbols + semitones[:, None], symbols)
    inside = (~pitched | (moved >= FIRST) & (moved < BEYOND)).all(1)
    return np.where(inside[:, None], moved, symbols)


def thinned(symbols, generator):
    """Drum windows without some of their classes, as hand-written rhythms are."""
    keep_bits = np.zeros(len(symbols), np.int16)
    for drum in range(drums_data.DRUMS):
        keep_bits |= (generator.random(len(symbols)) > 0.25).astype(np.int16) << drum
    return symbols & keep_bits[:, None]


def mixed(symbols, generator):
    """Drum windows in which some classes are those of another window: kick and snare of one groove
    under the hats of another."""
    others = symbols[generator.permutation(len(symbols))]
    own = np.zeros(len(symbols), np.int16)
    for drum in range(drums_data.DRUMS):
        own |= (generator.random(len(symbols)) < 0.5).astype(np.int16) << drum
    return symbols & own[:, None] | others & ~own[:, None]


def turned(symbols, bar, generator):
    """Drum windows that begin some beats later and go round."""
    steps = BARS * bar
    by = 4 * generator.integers(1, max(2, steps // 4), len(symbols))
    at = (np.arange(steps) + by[:, None]) % steps
    result = symbols.copy()
    result[:, :steps] = np.take_along_axis(symbols, at, 1)
    return result
