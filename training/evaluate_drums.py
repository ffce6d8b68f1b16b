"""Scores a trained drums model on held-out takes, in nats per sixteenth, beside a 5-gram.

    python evaluate_drums.py --data drums.jsonl.gz --weights runs/drums/best.pt

The model is given meter and position, nothing else, unless the line says so.
"""

import argparse
import json
import math

from drums_data import BEAT, COMBINATIONS, load
from drums_model import DrumsModel
from exporting import restored
from ngram_baseline import ORDER, Interpolated
from train_drums import score


def contexts(take, with_position):
    """(contexts, combination) of every step, the shortest context first."""
    past = (None,) * ORDER
    for t, combination in enumerate(take.steps.tolist()):
        place = (t % take.bar,) if with_position else ()
        yield [()] + [(*place, *past[ORDER - n :]) for n in range(ORDER + 1)], combination
        past = (*past[1:], combination)


def five_gram(train, test, with_position=False):
    """Nats per sixteenth of an interpolated 5-gram of combinations."""
    grams = Interpolated(COMBINATIONS)
    for take in train:
        for before, combination in contexts(take, with_position):
            grams.count(dict.fromkeys(before), combination)
    nats = 0.0
    for take in test:
        for before, combination in contexts(take, with_position):
            nats -= math.log(grams.probability(dict.fromkeys(before), combination))
    return nats / sum(len(take) for take in test)


def report(model, takes, split):
    """All figures of a split, by name."""
    train = [t for t in takes if t.split == "train"]
    test = [t for t in takes if t.split == split]
    beats = [t for t in test if t.kind[0] == BEAT]
    fills = [t for t in test if t.kind[0] != BEAT]
    told = {"with_style": True, "with_kind": True, "with_tempo": True}
    figures = {"takes": len(test), "all": score(model, test)}
    for name, part in (("beats", beats), ("fills", fills)):
        if part:
            figures[name] = score(model, part)
    figures |= {
        "with_style_tempo_kind": score(model, test, **told),
        "with_bars_left": score(model, test, with_left=True),
        "five_gram": five_gram(train, test),
        "five_gram_with_position": five_gram(train, test, with_position=True),
    }
    return {name: round(value, 4) for name, value in figures.items()}


def make(settings):
    return DrumsModel(settings["hidden"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights", required=True)
    args = parser.parse_args()
    model, _ = restored(args.weights, make)
    takes = load(args.data)
    for split in ("valid", "test"):
        print(split, json.dumps(report(model, takes, split), indent=2))


if __name__ == "__main__":
    main()
