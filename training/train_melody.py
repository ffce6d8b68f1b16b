"""Trains the melody model; run it again to go on from the last checkpoint.

    python train_melody.py --data melodies.jsonl.gz --out runs/melody --minutes 60
"""

import argparse
import json
import math
import os
import random
import time

import numpy as np
import torch

from melody_chords import infer
from melody_data import MODES, events_of, excerpt, load
from melody_features import features
from melody_model import MelodyModel

LONGEST = 640  # events of a tune that are trained on


def settings():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", default="runs/melody")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--dropout", type=float, default=0.25)
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--batch-events", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


class Examples:
    """Draws training examples: tunes as written or played, and excerpts that close."""

    def __init__(self, pairs, draw):
        self.draw = draw
        self.tunes = [[t for t in pair if t] for pair in pairs]
        for forms in self.tunes:
            for tune in forms:
                tune.chords = tune.chords or infer(tune)

    def one(self, forms):
        draw = self.draw
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

    def epoch(self, batch_events):
        """Batches of examples of like length, in a random order."""
        drawn = sorted((self.one(forms) for forms in self.tunes), key=lambda e: len(e[0]))
        batches, batch = [], []
        for example in drawn:
            if batch and len(example[0]) * (len(batch) + 1) > batch_events:
                batches.append(batch)
                batch = []
            batch.append(example)
        batches.append(batch)
        self.draw.shuffle(batches)
        return batches


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


def padded(batch):
    longest = max(len(columns) for columns, *_ in batch)
    columns = np.zeros((len(batch), longest, batch[0][0].shape[1]), np.int64)
    tones = np.zeros((len(batch), longest, 24), np.float32)
    targets = np.zeros((len(batch), longest, 2), np.int64)
    mask = np.zeros((len(batch), longest), np.float32)
    for i, (c, t, y) in enumerate(batch):
        n = len(c)
        columns[i, :n], tones[i, :n], targets[i, :n], mask[i, :n] = c, t, y, 1.0
    return tuple(torch.from_numpy(a) for a in (columns, tones, targets, mask))


@torch.no_grad()
def evaluate(model, tunes, with_chords=False, with_left=False, batch_size=32):
    """Nats of every event of every tune, in the order of `tunes`."""
    model.eval()
    order = sorted(range(len(tunes)), key=lambda i: len(tunes[i].notes))
    result = [None] * len(tunes)
    for begin in range(0, len(order), batch_size):
        part = order[begin : begin + batch_size]
        batch = []
        for i in part:
            events = events_of(tunes[i])
            chords = (tunes[i].chords or infer(tunes[i])) if with_chords else ()
            batch.append((
                *features(tunes[i], events, chords, with_left), [(t, d) for _, t, d in events],
            ))
        columns, tones, targets, mask = padded(batch)
        token, duration = model.nats(columns, tones, targets[..., 0], targets[..., 1])
        nats = ((token + duration) * mask).numpy()
        for row, i in enumerate(part):
            result[i] = nats[row, : len(batch[row][0])]
    model.train()
    return result


def per_sixteenth(nats, tunes):
    return sum(float(n.sum()) for n in nats) / sum(t.sixteenths for t in tunes)


class Trainer:
    def __init__(self, args):
        self.args = args
        torch.manual_seed(args.seed)
        self.model = MelodyModel(args.hidden, dropout=args.dropout)
        self.average = MelodyModel(args.hidden)
        self.average.load_state_dict(self.model.state_dict())
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=args.rate, betas=(0.9, 0.98), weight_decay=0.02
        )
        self.step, self.epoch, self.spent, self.best, self.log = 0, 0, 0.0, math.inf, []
        self.path = os.path.join(args.out, "checkpoint.pt")
        os.makedirs(args.out, exist_ok=True)
        if os.path.exists(self.path):
            self.restore()

    def restore(self):
        saved = torch.load(self.path, weights_only=False)
        self.model.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        self.optimizer.load_state_dict(saved["optimizer"])
        torch.set_rng_state(saved["rng"])
        for name in ("step", "epoch", "spent", "best", "log"):
            setattr(self, name, saved[name])

    def save(self):
        saved = {name: getattr(self, name) for name in ("step", "epoch", "spent", "best", "log")}
        saved |= {
            "model": self.model.state_dict(), "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(), "rng": torch.get_rng_state(),
            "settings": vars(self.args),
        }
        torch.save(saved, self.path + ".new")
        os.replace(self.path + ".new", self.path)

    def learn(self, batch):
        """One step of the optimiser; returns nats and events of the batch."""
        part = min(1.0, self.spent / (60 * self.args.minutes))
        rate = self.args.rate * min(1.0, (self.step + 1) / 200)
        rate *= 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * part))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        columns, tones, targets, mask = padded(batch)
        token, duration = self.model.nats(columns, tones, targets[..., 0], targets[..., 1])
        total = ((token + duration) * mask).sum()
        events = float(mask.sum())
        self.optimizer.zero_grad()
        (total / events).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        decay = min(0.998, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for slow, fast in zip(self.average.parameters(), self.model.parameters()):
                slow.lerp_(fast, 1 - decay)
        self.step += 1
        return float(total.detach()), events

    def run(self, examples, valid):
        while self.spent < 60 * self.args.minutes:
            examples.draw.seed(f"{self.args.seed}/{self.epoch}")
            nats = events = 0.0
            batches = examples.epoch(self.args.batch_events)
            for i, batch in enumerate(batches):
                began = time.monotonic()
                n, e = self.learn(batch)
                nats, events = nats + n, events + e
                self.spent += time.monotonic() - began
                if i % 20 == 0:
                    print(
                        f"\repoch {self.epoch} {i / len(batches):4.0%}  {nats / events:.4f} "
                        f"nats/event  {self.spent / 60:.1f} of {self.args.minutes:g} min ",
                        end="", flush=True,
                    )
                if self.spent >= 60 * self.args.minutes:
                    break
            self.epoch += 1
            score = per_sixteenth(evaluate(self.average, valid), valid)
            self.log.append({
                "epoch": self.epoch, "minutes": round(self.spent / 60, 2),
                "train_nats_per_event": round(nats / events, 4),
                "valid_nats_per_sixteenth": round(score, 4),
            })
            print("\r" + json.dumps(self.log[-1]) + " " * 20, flush=True)
            if score < self.best:
                self.best = score
                torch.save(
                    {"average": self.average.state_dict(), "settings": vars(self.args),
                     "valid": score, "log": self.log},
                    os.path.join(self.args.out, "best.pt"),
                )
            self.save()


def main():
    args = settings()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    pairs = load(args.data)
    train = [pair for pair in pairs if pair[0].split == "train"]
    valid = [written for written, _ in pairs if written.split == "valid"]
    print(f"{len(train)} tunes to train on, {len(valid)} to validate; modes {', '.join(MODES)}")
    Trainer(args).run(Examples(train, random.Random()), valid)


if __name__ == "__main__":
    main()
