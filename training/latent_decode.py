"""Points of the autoencoders: reading windows, writing them again, ways between two points."""

import numpy as np
import torch

from latent_data import MELODY
from latent_model import Step, told


@torch.no_grad()
def encode(model, symbols, bars):
    """The means of the points of windows (windows x latent)."""
    columns = np.concatenate([symbols, bars[:, None]], 1).astype(np.int64)
    return model.encoder(torch.from_numpy(columns))[0]


@torch.no_grad()
def decode(model, points, bar):
    """The likeliest symbol at every sixteenth, one after the other (points x 2 bars)."""
    kind, rows = model.kind, len(points)
    step, bars = Step(model.decoder), torch.full((rows,), bar)
    symbols = torch.zeros(rows, 2 * bar, dtype=torch.int64)
    for now in range(2 * bar):
        columns, struck = told(kind, symbols[:, : now + 1], bars)
        reals = points if struck is None else torch.cat([points, struck[:, now]], -1)
        symbols[:, now] = step(columns[:, now], reals).argmax(-1)
    return symbols.numpy()


def slerp(one, other, part):
    """A share of the way from points to others along the great circle; lengths go evenly."""
    a, b = one.norm(dim=-1, keepdim=True), other.norm(dim=-1, keepdim=True)
    angle = torch.arccos(((one / a) * (other / b)).sum(-1, keepdim=True).clamp(-1 + 1e-6, 1 - 1e-6))
    way = (torch.sin((1 - part) * angle) * one / a + torch.sin(part * angle) * other / b)
    return way / torch.sin(angle) * ((1 - part) * a + part * b)


def eased(kind, part):
    """How far along its way the program goes for a share of 0 to 1: drums hold on to what they are near
    the ends (`runtime/models/src/latent/change.rs`)."""
    off = 2 * part - 1
    return part if kind is MELODY else 0.5 + 0.5 * off * abs(off) ** 0.5
