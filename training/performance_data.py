"""Expressive piano as a row of notes: which key, how hard, how long it sounds, when the next one begins.

Times are counted in hundredths of a second. Notes that begin in the same one are in order of
pitch. Durations are those that are heard, with the pedal. The split is by a hash of the record.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass

import numpy as np

LOWEST, PITCHES = 21, 88
VELOCITIES = 32
# Hundredths of a second from one note to the next: each by itself to half a second, then coarser.
SHIFT_STARTS = [*range(51), *range(51, 101, 2), *range(101, 301, 10)]
SHIFTS = len(SHIFT_STARTS)
LONGEST_SHIFT = 310
# Hundredths of a second that a note sounds: about a seventh apart.
DURATION_STARTS = sorted({round(2 * (300 ** (i / 39))) for i in range(40)})
DURATIONS = len(DURATION_STARTS)
SOURCES = ("giantmidi-piano", "own")
TEST, VALID, LARGE = 6, 4, 10_000  # records; larger ones are for training


@dataclass
class Performance:
    """Notes in order: `times` of onset, `shifts` to the next, `durations`, all in hundredths."""

    id: str
    source: str
    licence: str
    split: str
    times: np.ndarray
    pitches: np.ndarray  # 0 is MIDI 21
    velocities: np.ndarray  # 0 to 127
    durations: np.ndarray

    def __len__(self):
        return len(self.times)

    @property
    def shifts(self):
        return np.append(np.diff(self.times), 0)

    def part(self, begin, end, by=0, stretch=1.0, louder=0):
        """Some of its notes, moved in pitch, time and loudness."""
        times = np.round((self.times[begin:end] - self.times[begin]) * stretch).astype(np.int64)
        durations = np.maximum(1, np.round(self.durations[begin:end] * stretch)).astype(np.int64)
        pitches = self.pitches[begin:end] + by
        velocities = (self.velocities[begin:end] + louder).clip(1, 127)
        order = np.lexsort((pitches, times))
        return Performance(
            self.id, self.source, self.licence, self.split, times[order], pitches[order],
            velocities[order], durations[order],
        )


def class_of(values, starts):
    """The class of each number of hundredths."""
    return (np.searchsorted(starts, values, side="right") - 1).clip(0, len(starts) - 1)


def shift_class(shift):
    return class_of(shift, SHIFT_STARTS)


def duration_class(duration):
    return class_of(duration, DURATION_STARTS)


def velocity_class(velocity):
    return np.asarray(velocity) * VELOCITIES // 128


def split_of(records):
    """Record ids to splits: as they say, or a few by their hash."""
    small = sorted(
        (r["id"] for r in records if len(r["notes"]) < LARGE and "split" not in r),
        key=lambda name: hashlib.sha1(name.encode()).hexdigest(),
    )
    said = {r["id"]: r["split"] for r in records if "split" in r}
    named = dict.fromkeys(small[:TEST], "test") | dict.fromkeys(small[TEST : TEST + VALID], "valid")
    return lambda name: said.get(name) or named.get(name, "train")


def records_of(path, sources=SOURCES):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [r for r in records if r["source"] in sources]


def load(path, sources=SOURCES):
    """All performances of the sources."""
    records = records_of(path, sources)
    split = split_of(records)
    loaded = []
    for record in records:
        notes = [n for n in record["notes"] if LOWEST <= n[2] < LOWEST + PITCHES]
        rows = sorted((round(100 * n[0]), n[2] - LOWEST, n[3], max(1, round(100 * n[1]))) for n in notes)
        times, pitches, velocities, durations = np.array(rows, np.int64).T
        loaded.append(Performance(
            record["id"], record["source"], record["licence"], split(record["id"]), times,
            pitches, velocities, durations,
        ))
    return loaded
