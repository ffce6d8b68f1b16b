"""Trains an autoencoder of two bars; run it again to go on from the last checkpoint.

    python train_vae.py --kind melody-vae --data melodies.jsonl.gz --out runs/melody-vae --minutes 14
    python train_vae.py --kind drums-vae --data drums.jsonl.gz --out runs/drums-vae --minutes 8
"""

import numpy as np
import torch
from torch.nn import functional as F

from latent_data import BEYOND, KINDS, MELODY, load, mixed, thinned, transposed, turned
from latent_model import PAST, Vae, told
from trainer import Trainer, options


class Loss:
    """Nats of the symbols given a drawn point, and `weight` times what the point costs beyond
    `free` nats for 32 sixteenths. A share `forget` of what was written is hidden in training."""

    def __init__(self, kind, weight, free, forget):
        self.kind, self.weight, self.free, self.forget = kind, weight, free, forget
        self.steps = 0

    def cost(self, divergence, steps, part=1.0):
        return part * self.weight * F.relu(divergence - self.free * steps / 32)

    def parts(self, model, symbols, bars, draw=None):
        """Nats of each window's symbols, and the divergence of each window's point."""
        tensor = torch.from_numpy(symbols.astype(np.int64))
        bars = torch.from_numpy(bars.astype(np.int64))
        mean, spread = model.encoder(torch.cat([tensor, bars.unsqueeze(1)], 1))
        noise = torch.randn(mean.shape, generator=draw)
        divergence = (0.5 * (mean**2 + spread**2 - 1) - spread.log()).sum(-1)
        steps = 2 * int(bars[0])
        target = tensor[:, :steps]
        columns, struck = told(self.kind, target, bars)
        if model.training:
            columns, struck = self.forgetful(columns, struck)
        logs = model.decoder(mean + spread * noise, columns, struck)
        nats = -logs.gather(-1, target.unsqueeze(-1)).squeeze(-1)
        return nats.sum(-1), divergence

    def forgetful(self, columns, struck):
        """Hides part of what was written, so that the point must carry it."""
        if self.kind is MELODY:
            past = columns[..., : PAST + 2]
            hidden = torch.rand(past.shape) < self.forget
            return torch.cat([past.masked_fill(hidden, BEYOND), columns[..., PAST + 2 :]], -1), None
        hidden = torch.rand((*struck.shape[:-1], 1)) < self.forget
        return columns, struck.masked_fill(hidden, 0.0)

    def __call__(self, model, batch):
        nats, divergence = self.parts(model, *batch)
        steps = 2 * int(batch[1][0])
        self.steps += 1  # the cost grows over the first ones
        costs = nats + self.cost(divergence, steps, min(1.0, self.steps / 1500))
        return costs.sum(), len(nats) * steps

    def score(self, model, windows):
        """Nats per sixteenth with the divergence at its weight, on all windows."""
        draw, total, steps = torch.Generator().manual_seed(0), 0.0, 0
        for rows in by_bar(windows, np.arange(len(windows)), 512):
            nats, divergence = self.parts(model, windows.symbols[rows], windows.bars[rows], draw)
            length = 2 * int(windows.bars[rows[0]])
            total += float((nats + self.cost(divergence, length)).sum())
            steps += length * len(rows)
        return total / steps


def by_bar(windows, rows, most):
    """Rows in batches whose bars are equally long, in the order given."""
    for bar in np.unique(windows.bars[rows]):
        same = rows[windows.bars[rows] == bar]
        for begin in range(0, len(same), most):
            yield same[begin : begin + most]


def batches(kind, windows, most, part):
    """Epochs of a share of all windows, moved or thinned at random."""
    def epoch(draw):
        generator = np.random.default_rng(draw.randrange(1 << 62))
        rows = generator.permutation(len(windows))[: int(len(windows) * part)]
        result = []
        for chosen in by_bar(windows, rows, most):
            symbols = windows.symbols[chosen]
            if kind is MELODY:
                changed = generator.random(len(chosen)) < 0.15
                semitones = generator.integers(-6, 7, len(chosen)) * changed
                symbols = transposed(symbols, semitones.astype(np.int16))
            else:
                symbols = altered(symbols, int(windows.bars[chosen[0]]), generator)
            result.append((symbols, windows.bars[chosen]))
        draw.shuffle(result)
        return result

    return epoch


def altered(symbols, bar, generator):
    """Drum windows, some of them mixed, turned or thinned: there are few drummers to learn from."""
    changes = (
        (0.35, mixed), (0.2, lambda rows, draw: turned(rows, bar, draw)), (0.3, thinned),
    )
    for share, change in changes:
        chosen = generator.random(len(symbols)) < share
        symbols = np.where(chosen[:, None], change(symbols, generator), symbols)
    return symbols


def main():
    parser = options(
        __doc__, out="runs/vae", minutes=6.0, hidden=192, dropout=0.1, rate=2e-3, batch_events=64,
        weight=0.1, free=32.0, forget=0.25,
    )
    parser.add_argument("--kind", choices=KINDS, default=MELODY.name)
    args = parser.parse_args()
    kind = KINDS[args.kind]
    windows = load(kind, args.data)
    print({split: len(part) for split, part in windows.items()}, "windows", flush=True)
    loss = Loss(kind, args.weight, args.free, args.forget)
    valid = windows["valid"]
    trainer = Trainer(
        args, lambda dropout: Vae(kind, args.hidden, dropout=dropout), loss,
        lambda model: loss.score(model, valid),
    )
    loss.steps = trainer.step  # more than none where an interrupted run goes on
    part = 0.2 if kind is MELODY else 1.0
    trainer.run(batches(kind, windows["train"], args.batch_events, part))


if __name__ == "__main__":
    main()
