"""Scores a trained performance model on held-out recordings: nats of every note and its parts.

    python evaluate_performance.py --data performances.jsonl.gz --weights runs/performance/best.pt

Over excerpts of 1024 notes from their own start, nothing told but the notes before. Beside it: an
interpolated 5-gram of the same four parts (key given the last four keys, the others given the key
and what came before), trained on the same recordings.
Also on hand-made files of another source, which were not trained on.
"""

import argparse
import json

import numpy as np
import torch

from exporting import restored
from ngram_baseline import Interpolated
from performance_data import DURATIONS, PITCHES, SHIFTS, VELOCITIES, load
from performance_features import targets
from performance_model import PerformanceModel
from train_performance import parts

NAMES = ("key", "velocity", "duration", "shift")


def walk(performance):
    """For every note: contexts (the least first) and symbol of each of the four parts."""
    rows = targets(performance).tolist()
    past = [(-1, -1, -1, -1)] * 4
    for key, velocity, duration, shift in rows:
        keys = tuple(p[0] for p in past)
        last = past[-1]
        yield (
            ([(), (last[3],), (last[3], keys[3]), keys[2:], keys[1:], keys], key),
            ([(), (last[1],), (last[1], last[3]), (last[1], last[3], key)], velocity),
            ([(), (last[2],), (last[2], shift), (last[2], shift, velocity // 4)], duration),
            ([(), (last[3],), (last[3], past[-2][3]), tuple(p[3] for p in past[1:]), tuple(p[3] for p in past)], shift),
        )
        past = [*past[1:], (key, velocity, duration, shift)]


def ngram(train, test):
    """Nats of each part by note."""
    tables = [Interpolated(n) for n in (PITCHES, VELOCITIES, DURATIONS, SHIFTS)]
    for performance in train:
        for note in walk(performance):
            for table, (contexts, symbol) in zip(tables, note):
                table.count(contexts, symbol)
    nats, notes = np.zeros(4), 0
    for performance in test:
        for note in walk(performance):
            notes += 1
            for k, (table, (contexts, symbol)) in enumerate(zip(tables, note)):
                nats[k] -= np.log(table.probability(contexts, symbol))
    return (nats / notes).tolist()


def named(prefix, nats):
    rows = {f"{prefix}_{name}": round(n, 4) for name, n in zip(NAMES, nats)}
    return {f"{prefix}": round(sum(nats), 4)} | rows


def report(model, performances, split, other=()):
    """All figures of a split, by name."""
    train = [p for p in performances if p.split == "train"]
    test = [p for p in performances if p.split == split]
    figures = {"performances": len(test), "notes": sum(len(p) for p in test)}
    figures |= named("nats_per_note", parts(model, test))
    figures["nats_per_note_told_conditions"] = round(sum(parts(model, test, (True,) * 4)), 4)
    figures |= named("nats_per_note_5gram", ngram(train, test))
    if other:
        figures["nats_per_note_of_handmade_files"] = round(sum(parts(model, other)), 4)
    return figures


def make(settings):
    return PerformanceModel(settings["hidden"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, _ = restored(args.weights, make)
    for split in ("valid", "test"):
        print(split, json.dumps(report(model, load(args.data), split), indent=2))


if __name__ == "__main__":
    main()
