"""What the performance network sees before each note.

The definition that `runtime/models/src/vocab/performance.rs` repeats in Rust; the parity test
there holds the two together.
"""

import numpy as np

from performance_data import DURATIONS, LOWEST, PITCHES, SHIFTS, VELOCITIES
from performance_data import duration_class, shift_class, velocity_class

NONE = PITCHES  # no note in a column of pitches
CLASSES = 9  # of a condition: 0 is untold
AHEAD = 32  # notes that a condition speaks of
CHORD = 4  # hundredths within which notes are one chord
COLUMNS = [
    ("pitch1", PITCHES + 1), ("velocity1", VELOCITIES + 1), ("duration1", DURATIONS + 1),
    ("shift1", SHIFTS + 1), ("pitch2", PITCHES + 1), ("shift2", SHIFTS + 1),
    ("pitch3", PITCHES + 1), ("shift3", SHIFTS + 1), ("pitch4", PITCHES + 1),
    ("after2", PITCHES + 1), ("after3", PITCHES + 1), ("run", 8), ("chord", 8),
    ("density", CLASSES), ("register", CLASSES), ("dynamics", CLASSES),
]
COPIES = [9, 10]  # columns that name a pitch which may be copied
# Keys that sound; keys that began in this chord; how recently each key began; tones asked for.
REALS = 3 * PITCHES + 12
RECENT = 100.0  # hundredths in which recency falls to 1/e
DENSITIES = (1.5, 3.0, 5.0, 7.0, 10.0, 14.0, 19.0)  # notes a second
REGISTERS = (46.0, 52.0, 57.0, 61.0, 65.0, 69.0, 74.0)  # MIDI, the mean
DYNAMICS = (40.0, 48.0, 55.0, 62.0, 69.0, 77.0, 86.0)  # MIDI velocity, the mean


def level(value, edges):
    """1 to 8: the class of a condition."""
    return 1 + sum(value >= edge for edge in edges)


class Past:
    """The notes so far, as the network sees them; costs the same however many they are."""

    def __init__(self):
        self.notes = []  # (pitch, velocity class, duration class, shift class)
        self.now = 0
        self.begun = np.full(PITCHES, -(10**9), np.int64)
        self.ends = np.full(PITCHES, -(10**9), np.int64)
        self.seen = ({}, {})
        self.follow = [NONE, NONE]
        self.run, self.chord, self.chord_began = 0, 0, -(10**9)

    def push(self, pitch, velocity, duration, shift):
        """A note, in MIDI velocity and hundredths; `shift` is until the next one begins."""
        self.run = min(self.run + 1, 7) if pitch in self.follow else 0
        self.begun[pitch], self.ends[pitch] = self.now, self.now + duration
        if self.now - self.chord_began > CHORD:
            self.chord, self.chord_began = 0, self.now
        self.chord += 1
        self.notes.append((
            pitch, int(velocity_class(velocity)), int(duration_class(duration)), int(shift_class(shift)),
        ))
        self.now += shift
        keys = [note[0] for note in self.notes[-4:]]
        for i, length in enumerate((2, 3)):
            if len(keys) > length:
                self.seen[i][tuple(keys[-1 - length : -1])] = pitch
            context = tuple(keys[-length:])
            self.follow[i] = self.seen[i].get(context, NONE) if len(context) == length else NONE

    def row(self, columns, reals):
        """Columns without the conditions, and reals without the tones; both are zero before."""
        nothing = (NONE, VELOCITIES, DURATIONS, SHIFTS)
        last = [self.notes[-i] if len(self.notes) >= i else nothing for i in range(1, 5)]
        columns[:9] = [*last[0], last[1][0], last[1][3], last[2][0], last[2][3], last[3][0]]
        columns[9:11] = self.follow
        columns[11] = self.run
        together = self.now - self.chord_began <= CHORD
        columns[12] = min(self.chord, 7) if together else 0
        reals[:PITCHES] = self.ends > self.now
        reals[PITCHES : 2 * PITCHES] = (self.begun >= self.chord_began) & together
        reals[2 * PITCHES : 3 * PITCHES] = np.exp((self.begun - self.now).clip(-2000) / RECENT)


def conditions(part):
    """Density, register and dynamics of every note, and tones (notes x 12), from what follows."""
    n = len(part)
    levels, tones = np.zeros((n, 3), np.int64), np.zeros((n, 12), np.float32)
    for i in range(n):
        begin = min(i, max(0, n - AHEAD // 2))
        end = min(n, begin + AHEAD)
        seconds = max(0.1, (part.times[end - 1] - part.times[begin]) / 100)
        levels[i] = (
            level((end - begin) / seconds, DENSITIES),
            level(part.pitches[begin:end].mean() + LOWEST, REGISTERS),
            level(part.velocities[begin:end].mean(), DYNAMICS),
        )
        counts = np.bincount((part.pitches[begin:end] + LOWEST) % 12, minlength=12)
        tones[i] = counts / counts.sum()
    return levels, tones


def features(part, told=(True, True, True, True)):
    """Columns and reals of every note; `told`: density, register, dynamics, tones."""
    n = len(part)
    columns, reals = np.zeros((n, len(COLUMNS)), np.int16), np.zeros((n, REALS), np.float32)
    past, shifts = Past(), part.shifts
    for i in range(n):
        past.row(columns[i], reals[i])
        past.push(int(part.pitches[i]), int(part.velocities[i]), int(part.durations[i]), int(shifts[i]))
    levels, tones = conditions(part)
    columns[:, 13:16] = levels * np.array(told[:3])
    if told[3]:
        reals[:, 3 * PITCHES :] = tones
    return columns, reals


def targets(part):
    """Classes of pitch, velocity, duration and shift of every note; the last shift is not known."""
    return np.stack([
        part.pitches, velocity_class(part.velocities), duration_class(part.durations),
        shift_class(part.shifts),
    ], -1)


