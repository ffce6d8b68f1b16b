"""Recorded performances beside an estimate of their score: what a player adds to written notes.

A note has what the score tells (key, chord, steps between chords, written length) and what the
player does: how hard, how early or late (seconds from an even pulse), how much faster or slower
than the passage (a logarithm), how long of what is written (a logarithm to base 2; not told
where the pedal holds the note).
"""

from dataclasses import dataclass

import numpy as np

from expression_score import chords, estimate, smoothed
from performance_data import LOWEST, PITCHES, SOURCES, records_of, split_of

NEAR, WIDE = 1.5, 6.0  # pulses over which the pulse, and the passage, are averaged
VELOCITIES = 32
OFFSETS, OFFSET_STEP = 25, 0.008  # seconds
TEMPI, TEMPO_STEP = 25, 0.025  # natural logarithm, more is slower
LENGTHS, LENGTH_STEP, LENGTH_LEAST = 16, 0.1, -1.1  # base 2, of the first class's lower end
KINDS = ("velocity", "offset", "tempo", "length")


@dataclass
class Reading:
    """Notes of a performance, chord by chord, the highest first."""

    id: str
    source: str
    licence: str
    split: str
    keys: np.ndarray  # 0 is MIDI 21
    group: np.ndarray  # number of the chord of each note
    positions: np.ndarray  # of each chord, in pulses
    pulse: np.ndarray  # seconds of a pulse around each chord, in the wide average
    written: np.ndarray  # seconds each note is written to last at that pulse; 0 is not told
    played: np.ndarray  # notes x 4: velocity 0..1, offset, tempo, length
    known: np.ndarray  # notes x 4: 1 where what is played is known

    def __len__(self):
        return len(self.keys)

    def part(self, begin, end, by=0, stretch=1.0):
        """The notes of the chords from `begin` to, not including, `end`."""
        chosen = (self.group >= begin) & (self.group < end)
        return Reading(
            self.id, self.source, self.licence, self.split, self.keys[chosen] + by,
            self.group[chosen] - begin, self.positions[begin:end], self.pulse[begin:end] * stretch,
            self.written[chosen] * stretch, self.played[chosen], self.known[chosen],
        )


def reading(record, split):
    """A record read as a score with its performance."""
    notes = sorted((n for n in record["notes"] if LOWEST <= n[2] < LOWEST + PITCHES), key=lambda n: n[0])
    onsets = np.array([n[0] for n in notes])
    group = chords(onsets)
    order = np.lexsort((-np.array([n[2] for n in notes]), group))
    notes, onsets, group = [notes[i] for i in order], onsets[order], group[order]
    times = np.array([onsets[group == g].mean() for g in range(group[-1] + 1)])
    positions, _ = estimate(times)
    even, near = smoothed(positions, times, NEAR)
    _, wide = smoothed(positions, times, WIDE)
    wide = np.clip(wide, 0.1, 2.5)
    played, known = np.zeros((len(notes), 4)), np.ones((len(notes), 4))
    played[:, 0] = np.array([n[3] for n in notes]) / 127
    played[:, 1] = onsets - even[group]
    played[:, 2] = np.log(np.clip(near, 0.05, 4.0) / wide)[group]
    pedal = np.array(record["pedal"] or [[-1.0, 0.0]])
    written = np.zeros(len(notes))
    for i, (onset, duration, *_) in enumerate(notes):
        end = onset + duration
        down = np.searchsorted(pedal[:, 0], end, side="right") - 1
        later = slice(group[i] + 1, group[i] + 9)
        # The pedal sustains what ends within it, or just after its end.
        held = down >= 0 and end <= pedal[down].sum() + 0.06
        if held or not len(times[later]):
            known[i, 3] = 0.0
            continue
        ratios = np.log2(duration / (times[later] - times[group[i]]))
        nearest = int(np.abs(ratios).argmin())
        steps = positions[later][nearest] - positions[group[i]]
        played[i, 3], written[i] = ratios[nearest], steps * wide[group[i]]
    known[:, 1] *= np.abs(played[:, 1]) < 0.15
    known[:, 2] *= np.abs(played[:, 2]) < 0.6
    known[:, 3] *= (played[:, 3] > LENGTH_LEAST) & (played[:, 3] < 0.6)
    return Reading(
        record["id"], record["source"], record["licence"], split,
        np.array([n[2] - LOWEST for n in notes]), group, positions, wide, written, played, known,
    )


def load(path, sources=SOURCES):
    """All readings of the sources."""
    records = records_of(path, sources)
    split = split_of(records)
    return [reading(record, split(record["id"])) for record in records]


def middle_class(values, count, step):
    return np.clip(np.floor(values / step + 0.5).astype(np.int64) + count // 2, 0, count - 1)


def classes(played):
    """Classes (notes x 4) of what is played."""
    return np.stack([
        np.clip((played[:, 0] * VELOCITIES).astype(np.int64), 0, VELOCITIES - 1),
        middle_class(played[:, 1], OFFSETS, OFFSET_STEP),
        middle_class(played[:, 2], TEMPI, TEMPO_STEP),
        np.clip(np.floor((played[:, 3] - LENGTH_LEAST) / LENGTH_STEP).astype(np.int64), 0, LENGTHS - 1),
    ], -1)
