"""Scores a trained chords model on held-out songs, in nats per chord, beside a 5-gram.

    python evaluate_chords.py --data chords.jsonl.gz --weights runs/chords/best.pt

Both score which chord comes and how long it lasts. The model is given meter, mode and
position, nothing else, unless the line says so; the 5-gram nothing.
"""

import argparse
import json
import math

from chords_data import DURATIONS, SOURCES, TOKENS, events_of, load
from chords_features import VOCABULARY
from event_model import EventModel
from exporting import restored
from ngram_baseline import ORDER, Interpolated
from train_chords import score


def walk(row):
    """(contexts for the token, token, contexts for the duration, duration), shortest first."""
    past = ((None, None),) * ORDER
    for _, token, duration in events_of(row):
        contexts = [past[ORDER - n :] for n in range(ORDER + 1)]
        yield contexts, token, [(token, *c) for c in contexts], duration
        past = (*past[1:], (token, duration))


def five_gram(train, test):
    """Nats per chord of an interpolated 5-gram of the same events."""
    tokens, durations = Interpolated(TOKENS), Interpolated(len(DURATIONS))
    for row in train:
        for before_token, token, before_duration, duration in walk(row):
            tokens.count(before_token, token)
            durations.count(before_duration, duration)
    nats = 0.0
    for row in test:
        for before_token, token, before_duration, duration in walk(row):
            nats -= math.log(tokens.probability(before_token, token))
            nats -= math.log(durations.probability(before_duration, duration))
    return nats / sum(len(row.chords) for row in test)


def report(model, rows, split):
    """All figures of a split, by name."""
    train = [r for r in rows if r.split == "train"]
    test = [r for r in rows if r.split == split]
    figures = {
        "songs": len(test), "chords": score(model, test), "five_gram": five_gram(train, test),
        "with_style": score(model, test, with_style=True),
        "with_bars_left": score(model, test, with_left=True),
    }
    known = [r for r in test if r.sections]
    figures["songs_with_sections"] = score(model, known)
    figures["songs_with_sections_told"] = score(model, known, with_sections=True)
    for source in SOURCES:
        part = [r for r in test if r.source == source]
        figures[source.replace("-", "_")] = score(model, part)
        figures[source.replace("-", "_") + "_five_gram"] = five_gram(train, part)
    return {name: round(value, 4) for name, value in figures.items()}


def make(settings):
    return EventModel(VOCABULARY, settings["hidden"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights", required=True)
    args = parser.parse_args()
    model, _ = restored(args.weights, make)
    rows = load(args.data)
    for split in ("valid", "test"):
        print(split, json.dumps(report(model, rows, split), indent=2))


if __name__ == "__main__":
    main()
