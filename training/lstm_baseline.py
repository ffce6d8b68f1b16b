"""A plain LSTM on the same events as the melody model, for comparison: no look-back, no copying.

    python lstm_baseline.py --data melodies.jsonl.gz --out runs/lstm --minutes 7

It is the same network and loop, shown only the last event, meter, mode and the place in the bar.
"""

import numpy as np

from event_batches import loss, nats_of
from event_model import EventModel, Vocabulary
from evaluate_melody import opening_and_rest
from exporting import curve
from melody_data import DURATIONS, TOKENS, events_of, load
from melody_features import COLUMNS, NAMES, features
from train_melody import LONGEST, per_sixteenth
from trainer import Trainer, batched, options

SEEN = [NAMES.index(n) for n in ("token", "duration", "position", "beat", "meter", "mode")]
REALS = 1  # none, but the network has the input
VOCABULARY = Vocabulary([COLUMNS[i] for i in SEEN], REALS, TOKENS, len(DURATIONS), [], [])


def example(tune, most=LONGEST):
    events = events_of(tune)[:most]
    columns, _ = features(tune, events)
    targets = np.array([(token, duration) for _, token, duration in events])
    return columns[:, SEEN], np.zeros((len(events), REALS), np.float32), targets


def evaluate(model, tunes):
    return nats_of(model, [example(tune, None) for tune in tunes])


def main():
    args = options(__doc__, out="runs/lstm", minutes=9.0, dropout=0.3).parse_args()
    pairs = load(args.data)
    by_split = {s: [t for t, _ in pairs if t.split == s] for s in ("train", "valid", "test")}
    train = [example(tune) for tune in by_split["train"]]
    valid = by_split["valid"]
    trainer = Trainer(
        args, lambda dropout: EventModel(VOCABULARY, args.hidden, dropout=dropout), loss,
        lambda model: per_sixteenth(evaluate(model, valid), valid),
    )
    trainer.run(lambda draw: batched(train, args.batch_events, draw, lambda e: len(e[0])))
    test = by_split["test"]
    nats = evaluate(trainer.average.eval(), test)
    first, rest = opening_and_rest(nats, test)
    curve(trainer.log, "curves/lstm.png", "nats per sixteenth", "nats per event, dropout")
    print(f"LSTM, folk test: {per_sixteenth(nats, test):.4f} nats per sixteenth; first four bars {first:.4f}, later {rest:.4f}")


if __name__ == "__main__":
    main()
