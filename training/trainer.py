"""The training loop that every model shares: optimiser, averaged weights, checkpoints, log.

Interrupted, it goes on from its last epoch when it is started again. With `--steps` the length of
a run and its learning rates do not hang on how fast the processor is: the same command gives the same
weights on the same machine, interrupted or not (`test_training.py`). `--minutes` fits a run to
an afternoon instead.
"""

import argparse
import json
import math
import os
import random
import sys
import time

import torch


def options(doc, **defaults):
    """A parser with the settings of every training script."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", default=defaults.pop("out"))
    parser.add_argument("--start", help="a best.pt, or a model's folder, to go on from")
    parser.add_argument("--steps", type=int, default=0, help="of the optimiser, in place of minutes")
    usual = {
        "minutes": 60.0, "hidden": 256, "dropout": 0.25, "rate": 2.5e-3, "batch_events": 5000,
        "seed": 1,
    }
    for name, value in (usual | defaults).items():
        parser.add_argument("--" + name.replace("_", "-"), type=type(value), default=value)
    return parser


class Trainer:
    """Trains `model`; keeps in `average` the mean of its recent weights, which is what is scored.

    `loss(model, batch)` gives the summed nats of a batch and its number of units (events,
    chords, hits); `score(model)` the figure on the validation split, less is better. `step(model)`
    is what would be exported; it is needed to start from a model's folder.
    """

    def __init__(self, args, make, loss, score, step=None):
        self.args, self.loss, self.score = args, loss, score
        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
        torch.manual_seed(args.seed)
        self.model, self.average = make(args.dropout), make(0.0)
        if args.start and os.path.isdir(args.start):
            import from_onnx

            from_onnx.load(args.start, self.model, step)
        elif args.start:
            begun = torch.load(args.start, weights_only=False)["average"]
            self.model.load_state_dict(begun)
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
        self.same(saved["settings"])
        self.model.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        self.optimizer.load_state_dict(saved["optimizer"])
        torch.set_rng_state(saved["rng"])
        for name in ("step", "epoch", "spent", "best", "log"):
            setattr(self, name, saved[name])

    def same(self, settings):
        """Ends the program where a run would go on with other settings than it was begun with.
        Minutes may be others: then it goes on for longer."""
        free = {"minutes", "out", "data", "start"}
        other = [
            f"--{name.replace('_', '-')} {value}"
            for name, value in settings.items()
            if name not in free and name in vars(self.args) and getattr(self.args, name) != value
        ]
        if other:
            sys.exit(f"{self.path} was begun with {' '.join(other)}: give the same, or another --out")

    def part(self):
        """How much of the run is done, from 0 to 1."""
        if self.args.steps:
            return min(1.0, self.step / self.args.steps)
        return min(1.0, self.spent / (60 * self.args.minutes))

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
        """One step of the optimiser; returns nats and units of the batch."""
        rate = self.args.rate * min(1.0, (self.step + 1) / 200)
        rate *= 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.part()))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        total, units = self.loss(self.model, batch)
        self.optimizer.zero_grad()
        (total / units).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        decay = min(0.998, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for slow, fast in zip(self.average.parameters(), self.model.parameters()):
                slow.lerp_(fast, 1 - decay)
        self.step += 1
        return float(total.detach()), float(units)

    def run(self, batches_of):
        """Epochs until the run is done; `batches_of(draw)` gives those of one epoch."""
        if self.part() >= 1:
            print(f"{self.args.out}: this run is done; with more --minutes it goes on", flush=True)
        while self.part() < 1:
            nats = units = 0.0
            batches = batches_of(random.Random(f"{self.args.seed}/{self.epoch}"))
            for i, batch in enumerate(batches):
                began = time.process_time()  # of the core: others may be at work
                n, u = self.learn(batch)
                nats, units = nats + n, units + u
                self.spent += time.process_time() - began
                if i % 20 == 0:
                    self.show(i / len(batches), nats / units)
                if self.part() >= 1:
                    break
            self.epoch += 1
            self.close_epoch(nats / units)

    def show(self, part, loss):
        done = f"{self.spent / 60:.1f} of {self.args.minutes:g} min"
        if self.args.steps:
            done = f"{self.step} of {self.args.steps} steps  {self.spent / 60:.1f} min"
        print(f"\repoch {self.epoch} {part:4.0%}  {loss:.4f} nats  {done} ", end="", flush=True)

    def close_epoch(self, loss):
        self.average.eval()
        with torch.no_grad():
            score = self.score(self.average)
        self.log.append({
            "epoch": self.epoch, "minutes": round(self.spent / 60, 2),
            "train": round(loss, 4), "valid": round(score, 4),
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


def batched(examples, most, draw, length=len):
    """Batches of examples of like length, at most so many units with padding, in random order."""
    batches, batch = [], []
    for example in sorted(examples, key=length):
        if batch and length(example) * (len(batch) + 1) > most:
            batches.append(batch)
            batch = []
        batch.append(example)
    if batch:
        batches.append(batch)
    draw.shuffle(batches)
    return batches
