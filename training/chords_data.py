"""Chord progressions as events (token, duration), chords relative to the tonic.

A token is a root above the tonic with one of a few qualities, no chord, or a hold that
lengthens the chord before it when its length is not in the table. Inversions are left out.
"""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass, field

from melody_data import PERMISSIVE, pitch_class

UNIT = 2  # steps in a quarter note
SOURCES = ("mcgill-billboard", "pop909", "openewld")  # styles 1, 2, 3; 0 is not given
QUALITIES = (
    "", "m", "7", "m7", "maj7", "6", "m6", "sus2", "sus4", "7sus4", "5", "dim", "dim7", "m7b5",
    "aug",
)
SIMPLER = {
    "add9": "", "maj9": "maj7", "maj13": "maj7", "9": "7", "13": "7", "7#9": "7", "7b9": "7",
    "m9": "m7", "m11": "m7", "m13": "m7", "madd9": "m", "mmaj7": "m", "9sus4": "7sus4",
    "11": "7sus4", "aug7": "aug",
}
NO_CHORD = 12 * len(QUALITIES)
HOLD, NONE, TOKENS = NO_CHORD + 1, NO_CHORD + 2, NO_CHORD + 3

DURATIONS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 24, 32)  # steps
NO_DURATION = len(DURATIONS)

METERS = ("4/4", "3/4", "6/8", "12/8", "2/4", "2/2")  # id 0 is another one
MAJOR, MINOR = 1, 2
SECTIONS = (  # names, by the beginning of what the data calls them; id 0 is not given
    ("intro", ("intro", "pre-intro", "fade in")), ("verse", ("verse", "pre-verse", "vocal")),
    ("prechorus", ("pre-chorus", "prechorus", "pre chorus")), ("chorus", ("chorus", "refrain")),
    ("bridge", ("bridge", "middle")),
    ("solo", ("solo", "instrumental", "interlude", "theme", "main theme")),
    ("outro", ("outro", "fade", "coda", "ending")), ("transition", ("trans",)),
)


@dataclass
class Progression:
    """Chords as (step, end, token), contiguous; step 0 is the first downbeat."""

    id: str
    source: str
    licence: str
    split: str
    style: int
    meter: str
    bar: int  # steps
    mode: int
    start: int
    end: int
    chords: list
    sections: list = field(default_factory=list)  # (step, section)

    def section_at(self, step):
        """The section in force: (its number, its first step, its end)."""
        found = (0, self.start, self.end)
        for i, (begin, section) in enumerate(self.sections):
            if begin <= step:
                after = self.sections[i + 1][0] if i + 1 < len(self.sections) else self.end
                found = (section, begin, after)
        return found


def section_id(name):
    for i, (_, beginnings) in enumerate(SECTIONS):
        if name.startswith(beginnings):
            return i + 1
    return 0


def token_of(symbol, tonic):
    """The token of a lead-sheet symbol; None when its quality is unknown."""
    found = re.match(r"([A-G][#b]*)([^/]*)", symbol)
    if not found:
        return NO_CHORD
    quality = SIMPLER.get(found[2], found[2])
    if quality not in QUALITIES:
        return None
    return (pitch_class(found[1]) - tonic) % 12 * len(QUALITIES) + QUALITIES.index(quality)


def split_of(record):
    """By a hash of the title, so that versions of a song stay together."""
    name = (record.get("title") or record["id"]).lower()
    place = int(hashlib.md5(name.encode()).hexdigest(), 16) % 20
    return "test" if place == 0 else "valid" if place == 1 else "train"


def load(path):
    """All permissively licensed progressions."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [
        progression(r) for r in records
        if r["source"] in SOURCES and r["licence"] in PERMISSIVE and len(r["chords"]) > 3
    ]


def progression(record):
    pickup = record.get("pickup", 0)
    top, bottom = (int(n) for n in record["meter"].split("/"))

    def step(beat):
        return round((beat - pickup) * UNIT)

    tonics = [(-1e9, pitch_class(record["tonic"]))]
    marks = record.get("sections", [])
    tonics += [(b, pitch_class(name[4:])) for b, name in marks if re.match("key [A-G]", name)]
    chords = []
    for beat, duration, symbol in record["chords"]:
        tonic = [t for b, t in tonics if b <= beat][-1]
        token = token_of(symbol, tonic)
        begin, end = step(beat), step(beat + duration)
        if token is None or end <= begin:
            continue
        if chords and chords[-1][2] == token and chords[-1][1] >= begin:
            chords[-1] = (chords[-1][0], end, token)
        else:
            begin = chords[-1][1] if chords else begin
            chords.append((begin, end, token))
    return Progression(
        record["id"], record["source"], record["licence"], split_of(record),
        SOURCES.index(record["source"]) + 1, record["meter"], 4 * UNIT * top // bottom,
        mode_of(record, chords), chords[0][0], chords[-1][1], chords,
        [(step(b), section_id(name)) for b, name in marks if not name.startswith("key ")],
    )


def mode_of(record, chords):
    """As the key says, or else as most of the time on the tonic's own chords says."""
    if " " in record.get("key", ""):
        return {"maj": MAJOR, "min": MINOR}.get(record["key"].split()[1], 0)
    minor = tuple(QUALITIES.index(q) for q in ("m", "m7", "m6"))
    at_home = [(end - begin, token) for begin, end, token in chords if token < len(QUALITIES)]
    dark = sum(length for length, token in at_home if token in minor)
    return MINOR if 2 * dark > sum(length for length, _ in at_home) else MAJOR


def events_of(progression):
    """The progression as events (onset, token, duration id)."""
    events = []
    for begin, end, token in progression.chords:
        now = begin
        while now < end:
            duration = max(i for i, d in enumerate(DURATIONS) if d <= end - now)
            events.append((now, token if now == begin else HOLD, duration))
            now += DURATIONS[duration]
    return events
