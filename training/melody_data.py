"""Tunes as event sequences: notes on a grid of 24 ticks a quarter, pitches relative to the tonic.

A tune is a row of events that fill its time without gaps. Each event is a pair
(token, duration): a pitch relative to the tonic, a rest, or a hold that lengthens the
note before it when its length is not in the table of durations.
"""

import gzip
import json
from dataclasses import dataclass, field

TICKS = 24  # per quarter note
SIXTEENTH = TICKS // 4

PERMISSIVE = {
    "public domain", "public domain (music)", "CC0-1.0", "CC-BY-4.0", "CC-BY-3.0", "MIT",
    "own",  # of whoever trains
}
FOLK = (
    "oneills1850", "ryansmammoth", "airdsairs", "miscfolk", "cre", "openhymnal", "openewld",
)

# Tokens: 0..60 are pitches from LOWEST semitones below the reference tonic upwards.
LOWEST = -24
PITCHES = 61
REST, HOLD, NONE = 61, 62, 63
TOKENS = 64
# The reference tonic is the one from middle C (60) to B4 (71).
REFERENCE = 60

DURATIONS = (
    1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 15, 16, 18, 20, 21, 24, 27, 28, 30, 32, 33, 36, 40,
    42, 48, 54, 60, 66, 72, 84, 96, 108, 120, 144,
)
DURATION_ID = {ticks: i for i, ticks in enumerate(DURATIONS)}
NO_DURATION = len(DURATIONS)

METERS = ("2/4", "3/4", "4/4", "2/2", "3/8", "6/8", "9/8", "12/8", "3/2", "6/4", "9/4")
MODES = ("maj", "min", "dor", "mix", "lyd", "phr")  # id 0 is "not given"
PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass
class Tune:
    """One melody: notes as (onset, end, pitch) in ticks; tick 0 is the first downbeat."""

    id: str
    source: str
    licence: str
    split: str
    meter: str
    bar: int
    mode: int
    tonic: int
    start: int
    end: int
    notes: list
    chords: list = field(default_factory=list)  # (tick, root, tones, bass), relative to the tonic

    @property
    def sixteenths(self):
        return (self.end - self.start) / SIXTEENTH


def pitch_class(name):
    return (PITCH_CLASSES[name[0]] + name.count("#") - name[1:].count("b")) % 12


def snap(beats):
    """The nearest tick that is a 32nd or a sixteenth triplet from a beat."""
    ticks = beats * TICKS
    whole = int(ticks // 12) * 12
    return whole + min((0, 3, 4, 6, 8, 9, 12), key=lambda p: abs(ticks - whole - p))


def reference_pitch(tonic):
    return REFERENCE + (tonic - REFERENCE) % 12


def relative_token(pitch, reference):
    """The token of a MIDI pitch; pitches outside of the table move by octaves into it."""
    token = pitch - reference - LOWEST
    while token < 0:
        token += 12
    while token >= PITCHES:
        token -= 12
    return token


def meter_id(meter):
    return METERS.index(meter) + 1 if meter in METERS else 0


def load(path, sources=(*FOLK, "own")):
    """Permissively licensed records of the given sources, as (record as written, played) pairs.

    Played means with repeats written out; None where the record has no repeats or where
    writing them out would move the bar lines.
    """
    from melody_chords import chord_row

    pairs = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["licence"] not in PERMISSIVE or record["source"] not in sources:
                continue
            written = tune_of(record, record["notes"], record["length"], chord_row(record))
            pairs.append((written, played(record)))
    return pairs


def tune_of(record, notes, length, chords):
    pickup = record["pickup"]
    top, bottom = (int(n) for n in record["meter"].split("/"))
    tonic_name, mode = (record.get("key") or "C ?").split()
    tonic = pitch_class(tonic_name)
    spans = []
    for onset, duration, pitch in notes:
        begin, end = snap(onset - pickup), snap(onset + duration - pickup)
        if spans and begin < spans[-1][1]:
            spans[-1] = (spans[-1][0], begin, spans[-1][2])
            if spans[-1][0] >= begin:
                spans.pop()
        if end > begin:
            spans.append((begin, end, pitch))
    return Tune(
        id=record["id"], source=record["source"], licence=record["licence"],
        split=record["split"], meter=record["meter"], bar=4 * TICKS * top // bottom,
        mode=MODES.index(mode) + 1 if mode in MODES else 0, tonic=tonic,
        start=snap(-pickup), end=max(snap(length - pickup), spans[-1][1]), notes=spans,
        chords=[(snap(beat - pickup), *chord) for beat, chord in chords],
    )


def played(record):
    """The record with its repeats written out, or None."""
    from melody_chords import chord_row

    spans = record.get("play")
    if not spans:
        return None
    top, bottom = (int(n) for n in record["meter"].split("/"))
    bar = 4 * top / bottom
    notes, chords, now = [], [], 0.0
    marks = chord_row(record)
    for begin, end in spans:
        shift = now - begin
        if abs((shift + 1e-6) % bar) > 1e-3:
            return None
        for onset, duration, pitch in record["notes"]:
            if begin - 1e-6 <= onset < end - 1e-6:
                notes.append((onset + shift, min(duration, end - onset), pitch))
        for i, (beat, chord) in enumerate(marks):
            until = marks[i + 1][0] if i + 1 < len(marks) else record["length"]
            if beat < end and until > begin:
                chords.append((max(beat, begin) + shift, chord))
        now += end - begin
    return tune_of(record, notes, now, chords) if notes else None


def excerpt(tune, first_bar, bars):
    """Bars of a tune as a tune of its own, or None when too little sounds in them."""
    origin, end = first_bar * tune.bar, (first_bar + bars) * tune.bar
    notes = [
        (onset - origin, min(stop, end) - origin, pitch)
        for onset, stop, pitch in tune.notes if origin <= onset < end
    ]
    if end > tune.end or len(notes) < bars:
        return None
    chords = [(max(t, origin) - origin, *rest) for t, *rest in tune.chords if t < end]
    chords = [c for i, c in enumerate(chords) if i + 1 == len(chords) or chords[i + 1][0] > 0]
    return Tune(
        tune.id, tune.source, tune.licence, tune.split, tune.meter, tune.bar, tune.mode,
        tune.tonic, 0, end - origin, notes, chords,
    )


def split_duration(ticks):
    """Lengths of the table that add up to `ticks`, the longest first."""
    parts = []
    while ticks > 0:
        part = next(d for d in reversed(DURATIONS) if d <= ticks)
        parts.append(part)
        ticks -= part
    return parts


def events_of(tune):
    """The tune as events (onset, token, duration id) that fill it from start to end."""
    reference = reference_pitch(tune.tonic)
    events, now = [], tune.start

    def fill(token, ticks, following):
        nonlocal now
        for part in split_duration(ticks):
            events.append((now, token, DURATION_ID[part]))
            now += part
            token = following

    for onset, end, pitch in tune.notes:
        if onset > now:
            fill(REST, onset - now, REST)
        fill(relative_token(pitch, reference), end - onset, HOLD)
    if tune.end > now:
        fill(REST, tune.end - now, REST)
    return events
