"""Chorales in four voices as a grid of sixteenths: what each voice sings, and whether it is struck.

Scores tell a held note from a repeated one, grids do not. The split is that of the published
likelihoods; scores that are linked to a grid follow it, and unlinked scores that turn out to be
the music of a validation or test grid, in any key, are left out.
"""

import gzip
import json
from dataclasses import dataclass

import numpy as np

VOICES = 4  # soprano, alto, tenor, bass
LOWEST, PITCHES = 36, 46  # MIDI 36 to 81
REST = PITCHES
TOKENS = PITCHES + 1
MASKED, OUTSIDE = TOKENS, TOKENS + 1  # seen only: to be sung, and beyond the ends
UNTOLD, STRUCK, HELD = 0, 1, 2
METERS = ("4/4", "3/4")  # anything else is the class after these
RANGES = ((57, 81), (52, 76), (47, 69), (36, 66))  # of the voices, MIDI
MODES = ("maj", "min")
# Chords that are recognised: semitones above the root.
QUALITIES = ((0, 4, 7), (0, 3, 7), (0, 3, 6), (0, 4, 7, 10), (0, 3, 7, 10), (0, 4, 7, 11), (0, 3, 6, 10))


@dataclass
class Piece:
    """A chorale. `tokens` and `strikes` are steps x voices."""

    id: str
    source: str
    licence: str
    split: str
    tokens: np.ndarray
    strikes: np.ndarray
    meter: int = 0  # 0 untold, then METERS, then others
    bar: int = 0  # steps, 0 untold
    pickup: int = 0
    key: int = 0  # 0 untold, then tonic + 12 * mode + 1
    fermatas: np.ndarray | None = None  # 1 while a fermata sounds

    def __len__(self):
        return len(self.tokens)


def from_grid(record):
    steps = np.array(record["steps"], np.int64)
    tokens = np.where(steps < 0, REST, steps - LOWEST)
    strikes = np.zeros_like(tokens)
    return Piece(record["id"], record["source"], record["licence"], record["jsb_split"], tokens, strikes)


def from_score(record):
    length = record["length"]
    tokens = np.full((length, VOICES), REST, np.int64)
    strikes = np.full((length, VOICES), HELD, np.int64)
    for voice, name in enumerate("SATB"):
        for start, duration, pitch in record[name]:
            tokens[start : start + duration, voice] = pitch - LOWEST
            strikes[start, voice] = STRUCK
    fermatas = np.zeros(length, np.int64)
    soprano = {start: duration for start, duration, _ in record["S"]}
    for start in record["fermatas"]:
        fermatas[start : start + soprano.get(start, 4)] = 1
    beats, unit = (int(n) for n in record["meter"].split("/"))
    names = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
    flats = {"Db": 1, "Eb": 3, "Gb": 6, "Ab": 8, "Bb": 10, "Cb": 11, "Fb": 4, "E#": 5, "B#": 0}
    tonic, mode = record["key"].split()
    tonic = names.index(tonic) if tonic in names else flats[tonic]
    meter = METERS.index(record["meter"]) if record["meter"] in METERS else len(METERS)
    return Piece(
        record["id"], record["source"], record["licence"], record.get("jsb_split") or "train",
        tokens, strikes, meter + 1, 16 * beats // unit, record["pickup"],
        1 + tonic + 12 * MODES.index(mode), fermatas if record["fermatas"] else None,
    )


def fingerprint(piece):
    """What four beats in a row are like in any key, for every beat of a piece."""
    beats = piece.tokens[::4]
    return {
        tuple((beats[i : i + 4] - beats[i, 3]).reshape(-1)) for i in range(len(beats) - 3)
    }


def load(path):
    """All pieces: every grid, and every score of which no grid of validation or test exists."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    grids = [from_grid(r) for r in records if "steps" in r]
    scores = [r for r in records if "steps" not in r]
    held_out = [fingerprint(g) for g in grids if g.split != "train"]
    linked = {(r.get("jsb_split"), r.get("jsb_index")) for r in scores}
    pieces = []
    for grid in grids:
        number = int(grid.id.rsplit("/", 1)[1])
        if grid.split != "train" or (grid.split, number) not in linked:
            pieces.append(grid)
    for record in scores:
        piece = from_score(record)
        if piece.source == "own":
            pieces.append(piece)
            continue
        if piece.split != "train":
            continue
        print_ = fingerprint(piece)
        if all(len(print_ & other) < 0.25 * min(len(print_), len(other)) for other in held_out):
            pieces.append(piece)
    return pieces


def by_split(pieces, split):
    return [piece for piece in pieces if piece.split == split]


def coarser(piece, factor):
    """The piece on a grid of eighths (2) or quarters (4): what sounds at every such moment."""
    return Piece(
        piece.id, piece.source, piece.licence, piece.split, piece.tokens[::factor],
        np.zeros_like(piece.tokens[::factor]), key=piece.key,
        fermatas=None if piece.fermatas is None else piece.fermatas[::factor],
    )


def shifts(piece):
    """Transpositions in semitones that keep every voice in its range, of -6 to 6."""
    least, most = -6, 6
    for voice, (low, high) in enumerate(RANGES):
        sung = piece.tokens[:, voice]
        sung = sung[sung < PITCHES] + LOWEST
        if len(sung):
            least, most = max(least, min(0, low - sung.min())), min(most, max(0, high - sung.max()))
    return int(least), int(most)


def transposed(piece, by):
    tokens = np.where(piece.tokens < PITCHES, piece.tokens + by, piece.tokens)
    key = piece.key and 1 + (piece.key - 1) // 12 * 12 + (piece.key - 1 + by) % 12
    return Piece(
        piece.id, piece.source, piece.licence, piece.split, tokens, piece.strikes,
        piece.meter, piece.bar, piece.pickup, key, piece.fermatas,
    )


def chords_of(piece, span=4):
    """Roots (1 to 12; 0 is none) and tones (12 zeros or ones) of every step, guessed by beat."""
    length = len(piece)
    roots, tones = np.zeros(length, np.int64), np.zeros((length, 12), np.float32)
    weight_of = np.array([1.0, 1.0, 1.0, 1.3])
    for begin in range(0, length, span):
        part = piece.tokens[begin : begin + span]
        heard = np.zeros(12)
        for voice in range(VOICES):
            sung = part[:, voice]
            np.add.at(heard, (sung[sung < PITCHES] + LOWEST) % 12, weight_of[voice])
        if heard.sum() == 0:
            continue
        best = (-np.inf, 0, ())
        for root in range(12):
            for quality in QUALITIES:
                chord = [(root + tone) % 12 for tone in quality]
                inside = heard[chord].sum()
                score = inside - 0.7 * (heard.sum() - inside) - 0.8 * len(quality)
                score -= 1.5 * sum(heard[tone] == 0 for tone in chord) - 0.3 * (heard[root] > 0)
                if score > best[0]:
                    best = (score, root, chord)
        roots[begin : begin + span] = 1 + best[1]
        for tone in best[2]:
            tones[begin : begin + span, tone] = 1.0
    return roots, tones
