"""Batches of event sequences: (columns, reals, targets) of unequal length, padded."""

import numpy as np
import torch


def padded(batch):
    longest = max(len(columns) for columns, *_ in batch)
    columns = np.zeros((len(batch), longest, batch[0][0].shape[1]), np.int64)
    reals = np.zeros((len(batch), longest, batch[0][1].shape[1]), np.float32)
    targets = np.zeros((len(batch), longest, 2), np.int64)
    mask = np.zeros((len(batch), longest), np.float32)
    for i, (c, r, y) in enumerate(batch):
        n = len(c)
        columns[i, :n], reals[i, :n], targets[i, :n], mask[i, :n] = c, r, y, 1.0
    return tuple(torch.from_numpy(a) for a in (columns, reals, targets, mask))


def loss(model, batch):
    """Nats of a batch, and its events."""
    columns, reals, targets, mask = padded(batch)
    token, duration = model.nats(columns, reals, targets[..., 0], targets[..., 1])
    return ((token + duration) * mask).sum(), mask.sum()


@torch.no_grad()
def nats_of(model, examples, rows=32):
    """Nats of every event of every example, in the order of `examples`."""
    model.eval()
    order = sorted(range(len(examples)), key=lambda i: len(examples[i][0]))
    result = [None] * len(examples)
    for begin in range(0, len(order), rows):
        part = order[begin : begin + rows]
        columns, reals, targets, _ = padded([examples[i] for i in part])
        token, duration = model.nats(columns, reals, targets[..., 0], targets[..., 1])
        for i, nats in zip(part, (token + duration).numpy()):
            result[i] = nats[: len(examples[i][0])]
    return result
