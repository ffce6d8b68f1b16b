"""Batches of played notes, of which four things each are learned: performances and expression share them."""

import numpy as np
import torch

PARTS = 4  # what is learned of a note


class Epoch:
    """Batches whose rows are made when they are asked for: `row(*example)` gives columns, reals,
    classes and what of them counts (notes x PARTS)."""

    def __init__(self, batches, row):
        self.batches, self.row = batches, row

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        for batch in self.batches:
            yield padded([self.row(*example) for example in batch])


def padded(rows):
    """Rows of one batch, as long as the longest."""
    longest = max(len(columns) for columns, *_ in rows)

    def joined(which, kind):
        width = rows[0][which].shape[-1]
        table = np.zeros((len(rows), longest, width), kind)
        for i, row in enumerate(rows):
            table[i, : len(row[which])] = row[which]
        return torch.from_numpy(table)

    return joined(0, np.int64), joined(1, np.float32), joined(2, np.int64), joined(3, np.float32)


def loss(model, batch):
    """Nats of a batch, and its notes."""
    columns, reals, wanted, counts = batch
    return (model.nats(columns, reals, wanted) * counts).sum(), counts[..., 0].sum()


@torch.no_grad()
def parts(model, batches):
    """Nats of each part, by note of which it counts."""
    nats, notes = torch.zeros(PARTS), torch.zeros(PARTS)
    for columns, reals, wanted, counts in batches:
        nats += (model.nats(columns, reals, wanted) * counts).sum((0, 1))
        notes += counts.sum((0, 1))
    return (nats / notes).tolist()


def cut(pieces, length, span, rows):
    """Pieces in parts of so many of what `length` counts, those of like length together."""
    found = [p.part(i, min(length(p), i + span)) for p in pieces for i in range(0, length(p), span)]
    found = sorted((part for part in found if len(part) > 8), key=len)
    return [found[i : i + rows] for i in range(0, len(found), rows)]


def by_split(records):
    """Those to train on and those to validate with."""
    train, valid = ([r for r in records if r.split == split] for split in ("train", "valid"))
    print(f"{len(train)} performances to train on, {len(valid)} to validate")
    return train, valid
