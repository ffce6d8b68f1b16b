"""What performances are like: density, chords, lengths, loudness, pitch classes; data and samples.

    mag generate performance --bars 16 --count 24 --json > samples.jsonl
    python performance_statistics.py --data performances.jsonl.gz --samples samples.jsonl
"""

import argparse
import json
import math

import numpy as np

from performance_data import records_of

TOGETHER = 0.035  # seconds within which notes are one chord
BEAT = 0.5  # seconds of a beat where `mag generate` says no other
FIRM = 0.8  # the velocity that has a gain of 1
SPAN = 64  # notes over which pitch classes are counted


def sampled(path):
    """Rows of seconds, seconds, pitch, velocity of each line that `mag generate --json` writes."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield np.array([
                (BEAT * at, BEAT * length, controls["note"], FIRM * controls["gain"])
                for at, length, controls in json.loads(line)["notes"]
            ])


def entropy(pitches):
    """Mean nats of the pitch classes of every SPAN notes."""
    found = []
    for begin in range(0, len(pitches) - SPAN + 1, SPAN):
        counts = np.bincount(pitches[begin : begin + SPAN].astype(int) % 12, minlength=12) / SPAN
        found.append(-sum(p * math.log(p) for p in counts if p))
    return found


def statistics(pieces):
    """Figures by name."""
    gaps = np.concatenate([np.diff(p[:, 0]) for p in pieces])
    notes = np.concatenate(pieces)

    def spread(values):
        return " ".join(f"{v:.2f}" for v in np.percentile(values, (10, 50, 90)))

    return {
        "notes a second": f"{len(notes) / sum(p[-1, 0] - p[0, 0] for p in pieces):.1f}",
        "notes that begin with the one before": f"{100 * np.mean(gaps < TOGETHER):.0f} %",
        "seconds to the next chord, 10 50 90 %": spread(gaps[gaps >= TOGETHER]),
        "seconds of a note, 10 50 90 %": spread(notes[:, 1]),
        "velocity, 10 50 90 %": spread(notes[:, 3]),
        "pitch, 10 50 90 %": spread(notes[:, 2]),
        "entropy of pitch classes, nats": f"{np.mean([h for p in pieces for h in entropy(p[:, 2])]):.2f}",
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--samples", nargs="*", default=[])
    args = parser.parse_args()
    data = [np.array(r["notes"]) / (1, 1, 1, 127) for r in records_of(args.data)]
    columns = [statistics(data)] + [statistics(list(sampled(path))) for path in args.samples]
    print("| | data |", " | ".join(args.samples), "|")
    for name in columns[0]:
        print(f"| {name} |", " | ".join(column[name] for column in columns), "|")


if __name__ == "__main__":
    main()
