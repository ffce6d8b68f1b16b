"""Drum takes on a grid of sixteenths: which of nine classes sound, how hard, how early or late.

Only the Groove MIDI Dataset (Gillick et al. 2019, CC BY 4.0), with its own split, and your own
records are read.
"""

import gzip
import json
from dataclasses import dataclass

import numpy as np

CLASSES = (
    "kick", "snare", "closed hat", "open hat", "low tom", "mid tom", "high tom", "crash", "ride",
)
PITCHES = (
    (35, 36), (37, 38, 40), (42, 44), (46,), (41, 43, 45, 58), (47, 48), (50,), (49, 52, 55, 57),
    (51, 53, 59),
)
CLASS_OF = {pitch: i for i, pitches in enumerate(PITCHES) for pitch in pitches}
DRUMS = len(CLASSES)
COMBINATIONS = 1 << DRUMS

METERS = ("4/4", "3/4", "6/8", "5/4", "5/8")  # id 0 is another one, or not given
STYLES = (
    "rock", "funk", "hiphop", "jazz", "latin", "punk", "soul", "neworleans", "country",
    "afrocuban", "gospel", "reggae", "pop", "afrobeat",
)
BEAT, FILL = 1, 2  # kinds; 0 is not given
TEMPI = (70, 85, 100, 115, 130, 150, 180)  # limits of the classes of tempo; class 0 is not given
SOURCES = {("gmd", "CC-BY-4.0"), ("own", "own")}  # with their licences
SPLITS = {"train": "train", "validation": "valid", "test": "test"}


@dataclass
class Take:
    """Steps of a sixteenth: combination of classes (bit 0 is the kick), velocity, offset."""

    id: str
    split: str
    meter: int
    bar: int  # steps
    style: int
    tempo: int
    kind: np.ndarray  # steps
    steps: np.ndarray  # steps
    velocity: np.ndarray  # steps x DRUMS, 0..1
    offset: np.ndarray  # steps x DRUMS, beats
    drummer: str = ""
    source: str = "gmd"
    licence: str = "CC-BY-4.0"

    def __len__(self):
        return len(self.steps)

    def part(self, begin, end):
        """Steps of the take as a take of its own."""
        rows = slice(begin, end)
        return Take(
            self.id, self.split, self.meter, self.bar, self.style, self.tempo, self.kind[rows],
            self.steps[rows], self.velocity[rows], self.offset[rows], self.drummer, self.source,
            self.licence,
        )

    def then(self, other):
        """This take and another one directly after it."""
        def join(name):
            return np.concatenate([getattr(self, name), getattr(other, name)])

        return Take(
            f"{self.id}+{other.id}", self.split, self.meter, self.bar, self.style, self.tempo,
            *(join(name) for name in ("kind", "steps", "velocity", "offset")), self.drummer,
        )


def tempo_class(bpm):
    return 1 + sum(bpm >= limit for limit in TEMPI) if bpm else 0


def style_id(style):
    first = style.split("/")[0]
    return STYLES.index(first) + 1 if first in STYLES else 0


def load(path):
    """All takes that may be read."""
    takes = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if (record["source"], record["licence"]) in SOURCES:
                takes.append(take_of(record))
    return takes


def take_of(record):
    top, bottom = (int(n) for n in record["meter"].split("/"))
    bar = 16 * top // bottom
    hits = [(round(4 * h[0]), CLASS_OF.get(h[1]), h[2], h[3]) for h in record["hits"]]
    hits = [h for h in hits if h[1] is not None]
    last = max(step for step, *_ in hits)
    length = max(record["bars"], -(-(last + 1) // bar)) * bar
    steps = np.zeros(length, np.int64)
    velocity = np.zeros((length, DRUMS), np.float32)
    offset = np.zeros((length, DRUMS), np.float32)
    for step, drum, loud, late in hits:
        steps[step] |= 1 << drum
        if loud > velocity[step, drum]:  # of two hits in one place the louder one
            velocity[step, drum], offset[step, drum] = loud, late
    kind = FILL if record["kind"] == "fill" else BEAT
    meter = METERS.index(record["meter"]) + 1 if record["meter"] in METERS else 0
    return Take(
        record["id"], SPLITS[record["split"]], meter, bar, style_id(record["style"]),
        tempo_class(record.get("bpm")), np.full(length, kind, np.int64), steps, velocity, offset,
        record["drummer"], record["source"], record["licence"],
    )


def bits(combinations):
    """Combinations as zeros and ones, .. x DRUMS."""
    return (combinations[..., None] >> np.arange(DRUMS) & 1).astype(np.float32)
