"""What chorales are like: parallels, crossings, chords, lengths; of the data and of samples.

    mag generate chorale --count 64 --json > samples.jsonl
    python chorale_statistics.py --data chorales.jsonl.gz --samples samples.jsonl
"""

import argparse
import json

import numpy as np

from chorale_data import LOWEST, PITCHES, QUALITIES, RANGES, REST, STRUCK, VOICES, by_split, load

CHORDS = {frozenset((r + t) % 12 for t in quality) for r in range(12) for quality in QUALITIES}


def sampled(path):
    """Tokens and strikes of each line that `mag generate --json` writes."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            made = json.loads(line)
            steps = round(4 * made["length"])
            tokens = np.full((steps, VOICES), REST, np.int64)
            strikes = np.zeros((steps, VOICES), np.int64)
            for beat, beats, controls in made["notes"]:
                begin, end = round(4 * beat), round(4 * (beat + beats))
                voice = int(controls["singer"]) - 1
                tokens[begin:end, voice] = int(controls["note"]) - LOWEST
                strikes[begin, voice] = STRUCK
            yield tokens, strikes


def moves(beats):
    """Pairs of beats in which two voices move; how many keep a fifth or an octave."""
    pairs = fifths = octaves = 0
    for before, now in zip(beats[:-1], beats[1:]):
        for a in range(VOICES):
            for b in range(a + 1, VOICES):
                if (before[[a, b]] >= PITCHES).any() or (now[[a, b]] >= PITCHES).any():
                    continue
                if before[a] == now[a] or before[b] == now[b]:
                    continue
                pairs += 1
                kept = (before[a] - before[b]) % 12 == (now[a] - now[b]) % 12
                fifths += kept and (now[a] - now[b]) % 12 == 7
                octaves += kept and (now[a] - now[b]) % 12 == 0
    return np.array([pairs, fifths, octaves])


def statistics(pieces):
    """Figures of (tokens, strikes), by name."""
    counted, beats_all, crossed, outside, named, sung = np.zeros(3), 0, 0, 0, 0, 0
    lengths, consonant = [], 0
    for tokens, strikes in pieces:
        beats = tokens[::4]
        counted += moves(beats)
        full = beats[(beats < PITCHES).all(1)]
        beats_all += len(full)
        crossed += (np.diff(full, axis=1) > 0).any(1).sum()
        for voice, (low, high) in enumerate(RANGES):
            pitches = tokens[:, voice][tokens[:, voice] < PITCHES] + LOWEST
            outside += ((pitches < low) | (pitches > high)).sum()
            sung += len(pitches)
        for row in full:
            tones = frozenset(int(t + LOWEST) % 12 for t in row)
            named += any(tones <= chord for chord in CHORDS)
            consonant += tones in CHORDS
        struck = strikes == STRUCK
        for voice in range(VOICES):
            lengths += list(np.diff(np.flatnonzero(struck[:, voice])))
    return {
        "parallel fifths, % of moves of two voices": 100 * counted[1] / counted[0],
        "parallel octaves, % of them": 100 * counted[2] / counted[0],
        "beats with crossed voices, %": 100 * crossed / beats_all,
        "sung outside the ranges, %": 100 * outside / sung,
        "beats within a triad or seventh chord, %": 100 * named / beats_all,
        "beats with a whole one, %": 100 * consonant / beats_all,
        "sixteenths of a note, mean": float(np.mean(lengths)),
        "notes shorter than a quarter, %": 100 * float(np.mean(np.array(lengths) < 4)),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--samples", nargs="*", default=[])
    args = parser.parse_args()
    pieces = [p for p in by_split(load(args.data), "train") if (p.strikes > 0).any()]
    columns = [statistics([(p.tokens, p.strikes) for p in pieces])]
    columns += [statistics(list(sampled(path))) for path in args.samples]
    print("| | data |", " | ".join(args.samples), "|")
    for name in columns[0]:
        print(f"| {name} |", " | ".join(f"{column[name]:.2f}" for column in columns), "|")


if __name__ == "__main__":
    main()
