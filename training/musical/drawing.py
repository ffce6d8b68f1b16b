"""Pictures of samples beside the data."""

import json
import os

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

BLUE, GREY = "#2a6f97", "#b8b8b8"


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def panels():
    """A figure of six panels."""
    return plt.subplots(2, 3, figsize=(11, 6), dpi=80)


def compare(axis, ours, theirs, edges, title, name="data", line=False):
    """Two histograms in one: the data filled, the samples as a line."""
    weight = [np.full(len(v), 1 / max(1, len(v))) for v in (ours, theirs)]
    style = {"histtype": "step", "linestyle": ":"} if line else {}
    axis.hist(np.clip(theirs, edges[0], edges[-1]), edges, weights=weight[1], color=GREY, label=None if line else name, **style)
    axis.hist(np.clip(ours, edges[0], edges[-1]), edges, weights=weight[0], histtype="step", color=BLUE, linewidth=1.6, linestyle=":" if line else "-", label=None if line else "samples")
    axis.set_title(title, fontsize=9)
    axis.legend(frameon=False, fontsize=8)


def pairs(axis, names, ours, theirs, title, turn=0):
    at = np.arange(len(names))
    axis.bar(at - 0.2, theirs, 0.38, color=GREY, label="data")
    axis.bar(at + 0.2, ours, 0.38, color=BLUE, label="samples")
    axis.set_xticks(at, names, fontsize=7, rotation=turn)
    axis.set_title(title, fontsize=9)
    axis.legend(frameon=False, fontsize=8)


def finish(figure, folder, name):
    os.makedirs(folder, exist_ok=True)
    figure.tight_layout()
    figure.savefig(os.path.join(folder, f"{name}.png"))
