"""Exports a trained chorale model: model.onnx, its card, its loss curve, a fixture for tests.

    python export_chorale.py --data chorales.jsonl.gz --weights runs/chorale/best.pt \\
        --out ../stdlib/models/chorale --fixture ../runtime/models/tests/chorale_parity.json
"""

import json
import random

import numpy as np
import torch

from chorale_data import LOWEST, PITCHES, TOKENS, VOICES, load
from chorale_features import WINDOW
from chorale_model import Step
from evaluate_chorale import make, report
from exporting import arguments, card, command_of, counts_of, halve, publish, restored
from train_chorale import Examples, parts, stacked

CREDIT = (
    "Johann Sebastian Bach's chorales (public domain), from the scores of the music21 corpus and "
    "the grids of JSB-Chorales-dataset."
)
TOKENS_TABLE = {
    "lowest": LOWEST, "pitches": PITCHES, "rest": PITCHES, "voices": VOICES, "window": WINDOW,
    "ticks_per_beat": 24, "step": 6,
}


@torch.no_grad()
def parity(model, pieces):
    """Some windows as the network reads and answers them; the Rust side must find the same."""
    draw = random.Random(11)
    examples = Examples([p for p in pieces if p.split == "train"][:24])
    cases = []
    while len(cases) < 4:
        row = examples.window(draw)
        if row["resolution"] or (row["tokens"] == TOKENS + 1).any() or row["tones"].any():
            continue
        if row["meter"] > 2 or (row["meter"] == 0 and row["place"][0] % 4):
            continue
        batch = stacked([row])
        nats = parts(model, batch)[0][0].numpy()
        sung = np.where(row["mask"], TOKENS, row["tokens"])
        strikes = np.where(row["quiet"], 0, row["strikes"])
        cases.append({
            "tokens": sung.tolist(), "strikes": strikes.tolist(),
            "meter": int(row["meter"]), "place": row["place"].tolist(), "key": int(row["key"]),
            "fermata": row["fermata"].tolist(), "answers": row["tokens"].tolist(),
            "columns": batch[0][0].tolist(),
            "nats": [[round(float(n), 4) for n in step] for step in nats],
        })
    return cases


def to_onnx(step, heads, path):
    """The network on whole windows; the number of rows is the only dynamic axis."""
    names = ["columns", "reals"]
    torch.onnx.export(
        step, step.inputs(), path, dynamo=False, opset_version=17, input_names=names, output_names=heads,
        dynamic_axes={name: {0: "rows"} for name in (*names, *heads)},
    )
    halve(path)


def main():
    args = arguments(__doc__, "chorale")
    model, run = restored(args.weights, make)
    pieces = load(args.data)
    figures = report(model, pieces, "test")
    print(json.dumps(figures, indent=2))
    heads = [("tokens", [VOICES, TOKENS]), ("strikes", [VOICES, 2])]
    text = card(
        args, model, run, heads, counts_of((p.source, p.licence, p.split) for p in pieces),
        name="chorale", credit=CREDIT,
        summary="Four voices after Bach; any of them given, the rest are filled in.",
        tokens=TOKENS_TABLE, command=command_of("chorale", "chorales.jsonl.gz", run["settings"]),
        figures=figures,
        unit="Nats of a step (four voices) on the 77 test grids of JSB-Chorales-dataset, pitches only,\n"
        "nothing told; token figures are a fourth of those of sixteenths. See evaluate_chorale.py.",
    )
    publish(
        args, text, lambda: parity(model, pieces), run["log"], ("nats per step, random order", "nats per step, all tasks, dropout"),
        lambda path: to_onnx(Step(model), [name for name, _ in heads], path),
    )


if __name__ == "__main__":
    main()
