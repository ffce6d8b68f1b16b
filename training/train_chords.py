"""Trains the chords model; run it again to go on from the last checkpoint.

    python train_chords.py --data chords.jsonl.gz --out runs/chords --minutes 12
"""

import numpy as np

from chords_data import Progression, events_of, load
from chords_features import VOCABULARY, features
from event_batches import loss, nats_of
from event_model import Step
from event_model import EventModel
from trainer import Trainer, batched, options


def excerpt(row, bars, draw):
    """Some bars of a progression as one of its own, from a place where a chord begins a bar."""
    starts = [b for b, _, _ in row.chords if b % row.bar == 0 and b + bars * row.bar <= row.end]
    if not starts:
        return row
    origin = draw.choice(starts)
    end = origin + bars * row.bar
    chords = [(b - origin, min(e, end) - origin, t) for b, e, t in row.chords if origin <= b < end]
    return Progression(
        row.id, row.source, row.licence, row.split, row.style, row.meter, row.bar, row.mode, 0,
        end - origin, chords, [],
    )


def example(row, **conditions):
    events = events_of(row)
    targets = np.array([(token, duration) for _, token, duration in events])
    return *features(row, events, **conditions), targets


def drawn(rows, draw):
    """One epoch: every progression, some of them as excerpts, with and without conditions."""
    for row in rows:
        if draw.random() < 0.25:
            row = excerpt(row, draw.choice((4, 8, 8, 16)), draw)
        yield example(
            row, with_left=draw.random() < 0.5,
            with_sections=bool(row.sections) and draw.random() < 0.6,
            with_style=draw.random() < 0.5, with_mode=draw.random() < 0.9,
        )


def score(model, rows, **conditions):
    """Nats per chord, given meter, mode and position only unless told otherwise."""
    nats = nats_of(model, [example(row, **conditions) for row in rows])
    return float(sum(n.sum() for n in nats)) / sum(len(row.chords) for row in rows)


def main():
    args = options(
        __doc__, out="runs/chords", minutes=12.0, hidden=192, dropout=0.35, rate=2.5e-3,
        batch_events=3000,
    ).parse_args()
    rows = load(args.data)
    train = [r for r in rows if r.split == "train"]
    valid = [r for r in rows if r.split == "valid"]
    print(f"{len(train)} progressions to train on, {len(valid)} to validate")
    Trainer(
        args, lambda dropout: EventModel(VOCABULARY, args.hidden, dropout=dropout), loss,
        lambda model: score(model, valid), Step,
    ).run(lambda draw: batched(drawn(train, draw), args.batch_events, draw, lambda e: len(e[0])))


if __name__ == "__main__":
    main()
