"""Trains the melody model; run it again to go on from the last checkpoint.

    python train_melody.py --data melodies.jsonl.gz --out runs/melody --minutes 60
"""

import numpy as np

from event_batches import loss, nats_of
from event_model import Step
from melody_chords import infer
from melody_data import MODES, events_of, excerpt, load
from melody_features import features
from melody_model import make
from trainer import Trainer, batched, options

LONGEST = 640  # events of a tune that are trained on


class Examples:
    """Draws training examples: tunes as written or played, and excerpts that close."""

    def __init__(self, pairs):
        self.tunes = [[t for t in pair if t] for pair in pairs]
        for forms in self.tunes:
            for tune in forms:
                tune.chords = tune.chords or infer(tune)

    def one(self, forms, draw):
        tune = forms[-1] if draw.random() < 0.35 else forms[0]
        if draw.random() < 0.2:
            bars = draw.choice((2, 4, 4, 8))
            starts = range(0, tune.end // tune.bar - bars + 1, bars)
            part = excerpt(tune, draw.choice(starts), bars) if len(starts) else None
            tune = part or tune
            with_left = part is not None and closes(part) and draw.random() < 0.8
        else:
            with_left = draw.random() < 0.5
        chords = tune.chords if draw.random() < 0.45 else ()
        events = events_of(tune)[:LONGEST]
        columns, tones = features(
            tune, events, sevenths(chords, draw), with_left, draw.random() < 0.9
        )
        targets = np.array([(token, duration) for _, token, duration in events])
        return columns, tones, targets

    def batches(self, most):
        def epoch(draw):
            return batched(
                [self.one(forms, draw) for forms in self.tunes], most, draw, lambda e: len(e[0])
            )

        return epoch


def closes(tune):
    """Whether a tune ends on a tone of its tonic triad that lasts at least an eighth."""
    onset, end, pitch = tune.notes[-1]
    return (pitch - tune.tonic) % 12 in (0, 3, 4, 7) and end - onset >= 12


def sevenths(chords, draw):
    """Now and then the triads of a tune with the seventh that their place suggests."""
    if draw.random() > 0.3:
        return chords
    added = {(0, 4): 11, (5, 4): 4, (2, 3): 0, (4, 3): 2, (9, 3): 7, (7, 4): 5, (0, 3): 10, (5, 3): 3}
    row = []
    for tick, root, tones, bass in chords:
        third = 4 if (root + 4) % 12 in tones else 3
        seventh = added.get((root, third)) if len(tones) == 3 else None
        tones = tuple(sorted({*tones, seventh})) if seventh is not None else tones
        row.append((tick, root, tones, bass))
    return row


def evaluate(model, tunes, with_chords=False, with_left=False):
    """Nats of every event of every tune, in the order of `tunes`."""
    examples = []
    for tune in tunes:
        events = events_of(tune)
        chords = (tune.chords or infer(tune)) if with_chords else ()
        targets = np.array([(token, duration) for _, token, duration in events])
        examples.append((*features(tune, events, chords, with_left), targets))
    return nats_of(model, examples)


def per_sixteenth(nats, tunes):
    return sum(float(n.sum()) for n in nats) / sum(t.sixteenths for t in tunes)


def main():
    args = options(__doc__, out="runs/melody").parse_args()
    pairs = load(args.data)
    train = [pair for pair in pairs if pair[0].split == "train"]
    valid = [written for written, _ in pairs if written.split == "valid"]
    print(f"{len(train)} tunes to train on, {len(valid)} to validate; modes {', '.join(MODES)}")
    Trainer(
        args, lambda dropout: make(args.hidden, dropout), loss,
        lambda model: per_sixteenth(evaluate(model, valid), valid), Step,
    ).run(Examples(train).batches(args.batch_events))


if __name__ == "__main__":
    main()
