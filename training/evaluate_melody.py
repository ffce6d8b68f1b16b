"""Scores a trained melody model on held-out tunes, in nats per sixteenth.

    python evaluate_melody.py --data melodies.jsonl.gz --weights runs/melody/best.pt

Tunes are scored as the sources write them (repeats once) unless
the line says `repeats_written_out`;
the model is given meter, mode and position, nothing else, unless the line says so.
"""

import argparse
import json

import torch

from exporting import restored
from melody_data import FOLK, events_of, load
from melody_model import make
from ngram_baseline import baseline
from train_melody import evaluate, per_sixteenth


def make_of(settings):
    return make(settings["hidden"])


def opening_and_rest(nats, tunes, bars=4):
    """Nats per sixteenth of the first bars of every tune, and of what follows them."""
    parts = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for row, tune in zip(nats, tunes):
        limit = bars * tune.bar
        for (onset, *_), value in zip(events_of(tune), row):
            parts[onset < limit][0] += float(value)
        opening = min(limit, tune.end) - tune.start
        parts[True][1] += opening / 6
        parts[False][1] += tune.sixteenths - opening / 6
    return [n / s if s else 0.0 for n, s in (parts[True], parts[False])]


def report(model, pairs, split):
    """All figures of a split, by name."""
    train = [written for written, _ in pairs if written.split == "train"]
    part = [pair for pair in pairs if pair[0].split == split]
    tunes = [written for written, _ in part]
    nats = evaluate(model, tunes)
    figures = {"tunes": len(tunes), "folk": per_sixteenth(nats, tunes)}
    figures["first_four_bars"], figures["later_bars"] = opening_and_rest(nats, tunes)
    figures["five_gram"] = baseline(train, tunes)
    figures["with_bars_left"] = per_sixteenth(evaluate(model, tunes, with_left=True), tunes)
    figures["with_inferred_chords"] = per_sixteenth(evaluate(model, tunes, with_chords=True), tunes)
    forms = [played or written for written, played in part]
    figures["repeats_written_out"] = per_sixteenth(evaluate(model, forms), forms)
    for source in FOLK:
        chosen = [i for i, t in enumerate(tunes) if t.source == source]
        if chosen:
            figures[source] = per_sixteenth([nats[i] for i in chosen], [tunes[i] for i in chosen])
    return {name: round(value, 4) for name, value in figures.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, _ = restored(args.weights, make_of)
    pairs = load(args.data)
    for split in ("valid", "test"):
        print(split, json.dumps(report(model, pairs, split), indent=2))


if __name__ == "__main__":
    main()
