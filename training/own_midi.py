"""Turns a folder of your own MIDI files into data that the training scripts read.

    python own_midi.py --kind drums --folder beats --out own.jsonl.gz
    python own_midi.py --kind melody --folder tunes --out own.jsonl.gz
    python own_midi.py --kind chorale --folder quartets --out own.jsonl.gz
    python own_midi.py --kind performance --folder piano --out own.jsonl.gz

Drums are the notes of channel 10 (`--channel 0` takes all channels). A melody is the top line of
the part with the fewest overlapping notes. Chorales and performances: see `own_voices.py`. The first bar line is the start of the file. Of every
ten files one is kept for validation and one for testing; three files are the least.
"""

import argparse
import gzip
import json
import sys
from pathlib import Path

import own_voices
from midi_file import read

NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# How well each degree of major and minor keys fits: Krumhansl and Kessler 1982.
PROFILES = (
    (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
)


def drums(file, channel):
    """The fields of a drum record, or None when there are too few hits."""
    hits = []
    for (_, number), notes in file.parts.items():
        if channel in (0, number + 1):
            for start, _, pitch, velocity in notes:
                step = round(4 * start)
                hits.append([step / 4, pitch, round(velocity, 3), round(start - step / 4, 4)])
    if len(hits) < 4:
        return None
    bar = bar_of(file.meter)
    return {
        "style": "own", "kind": "beat", "drummer": "own", "bpm": round(file.bpm), "hits": sorted(hits),
        "bars": int(max(h[0] for h in hits) // bar) + 1,
    }


def melody(file):
    """The fields of a melody record, or None when there are too few notes."""
    def overlap(notes):
        return sum(a[0] + a[1] > b[0] + 0.1 for a, b in zip(notes, notes[1:])) / len(notes)

    parts = [n for (_, channel), n in file.parts.items() if channel != 9 and len(n) >= 12]
    if not parts:
        return None
    line = []
    for start, duration, pitch, _ in sorted(min(parts, key=overlap)):
        if line and start - line[-1][0] < 0.05:
            if pitch > line[-1][2]:
                line[-1] = [line[-1][0], duration, pitch]
        else:
            line.append([start, duration, pitch])
    for note, following in zip(line, line[1:]):
        note[1] = min(note[1], following[0] - note[0])
    bar = bar_of(file.meter)
    end = line[-1][0] + line[-1][1]
    notes = [[round(start, 4), round(duration, 4), pitch] for start, duration, pitch in line]
    return {
        "pickup": 0, "length": -(-end // bar) * bar, "key": key_of(file, line), "notes": notes,
    }


def bar_of(meter):
    top, bottom = (int(n) for n in meter.split("/"))
    return 4 * top / bottom


def key_of(file, line):
    """As the file says, or the key whose profile the sounding time of its pitches fits best; `line`
    has (start, duration, pitch, ..) of its notes."""
    if file.key:
        sharps, minor = file.key
        return f"{NAMES[(7 * sharps + (9 if minor else 0)) % 12]} {'min' if minor else 'maj'}"
    weight = [0.0] * 12
    for _, duration, pitch, *_ in line:
        weight[pitch % 12] += duration
    fits = [
        (correlation([profile[(i - tonic) % 12] for i in range(12)], weight), f"{NAMES[tonic]} {mode}")
        for profile, mode in zip(PROFILES, ("maj", "min")) for tonic in range(12)
    ]
    return max(fits)[1]


def correlation(a, b):
    """Pearson's; 0 where one of them never changes."""
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    both = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b))
    spread = sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)
    return both / spread**0.5 if spread else 0.0


LACKS = {
    "drums": "has fewer than 4 notes on channel {channel} (--channel 0 takes all channels)",
    "melody": "has no part of 12 notes or more (drums do not count)",
    "chorale": "is not in four voices from C2 to A5", "performance": "has fewer than 100 notes",
}
LEAST = 3  # files


def fields_of(kind, file, channel, split):
    """What a record of a kind has of its own, or None when the file does not serve."""
    if kind == "chorale":
        line = [n for (_, where), part in file.parts.items() if where != own_voices.DRUMS for n in part]
        return own_voices.chorale(file, split, key_of(file, line)) if line else None
    if kind == "performance":
        return own_voices.performance(file)
    return drums(file, channel) if kind == "drums" else melody(file)


def convert(folder, kind, out, channel=10, say=lambda text: print(text, file=sys.stderr)):
    """Writes the records of a folder's files; how many there are. Raises ValueError when there
    are too few; what is wrong with single files is said."""
    records, readable = [], []
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".mid", ".midi"))
    for path in paths:
        try:
            file = read(path)
        except (ValueError, OSError) as wrong:
            say(f"left out: {wrong}")
            continue
        readable.append(file)
        split = {1: "valid", 2: "test"}.get(len(records) % 10, "train")
        fields = fields_of(kind, file, channel, split)
        if fields is None:
            say(f"left out: {path} {LACKS[kind].format(channel=channel or 'any')}")
            continue
        if kind == "drums" and split == "valid":
            split = "validation"
        records.append({
            "id": str(path.relative_to(folder)), "source": "own", "licence": "own",
            "title": path.stem, "meter": file.meter, "split": split, **fields,
        })
    if len(records) < LEAST:
        raise ValueError(too_few(folder, kind, len(paths), len(records), readable, channel))
    with gzip.open(out, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
    return len(records)


def too_few(folder, kind, found, usable, readable, channel):
    """What to tell a person whose folder does not do, and what it would do for."""
    if not found:
        return f"there are no MIDI files (.mid, .midi) in {folder}"
    text = f"at least {LEAST} usable MIDI files are needed: of {found} in {folder}, {usable} can be used as {kind}"
    for other in LACKS:
        fits = sum(fields_of(other, file, channel, "train") is not None for file in readable)
        if other != kind and fits >= LEAST:
            text += f"; {fits} could be as {other} (--kind {other})"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kind", choices=tuple(LACKS), required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--channel", type=int, default=10)
    args = parser.parse_args()
    try:
        count = convert(args.folder, args.kind, args.out, args.channel)
    except ValueError as wrong:
        sys.exit(str(wrong))
    print(f"{count} records in {args.out}")


if __name__ == "__main__":
    main()
