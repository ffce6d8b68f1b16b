"""Exports a trained groove model: model.onnx, its card, its loss curve, a fixture for tests.

    python export_groove.py --data drums.jsonl.gz --weights runs/groove/best.pt \
        --out ../stdlib/models/groove --fixture ../runtime/models/tests/groove_parity.json
"""

import json
import os

import torch

from drums_data import DRUMS, METERS, PITCHES, STYLES, TEMPI, load
from evaluate_groove import make, predicted, report
from export_drums import CREDIT
from exporting import arguments, card, command_of, counts_of, curve, restored, to_onnx, write
from groove_features import OFFSETS, OFFSET_STEP, REALS, VELOCITIES, features
from groove_model import Step
from train_groove import padded

TOKENS = {
    "ticks_per_beat": 24, "step": 6, "classes": PITCHES, "velocities": VELOCITIES,
    "offsets": OFFSETS, "offset_width": OFFSET_STEP, "meters": METERS, "styles": STYLES,
    "tempi": TEMPI,
}


@torch.no_grad()
def parity(model, takes):
    """A few test takes: what the network reads and answers, as the Rust side must find it."""
    cases = []
    for take in [t for t in takes if t.split == "test"][::17]:
        take = take.part(0, 40)
        columns, reals = features(take)
        batch = padded([(take, (columns, reals))])
        nats = [n[0] * batch[4][0] for n in model.nats(*batch[:4])]
        velocity, offset = predicted(model, take)
        bpm = (list(TEMPI) + [220])[take.tempo - 1] - 1 if take.tempo else None
        cases.append({
            "id": take.id, "meter": [int(n) for n in METERS[take.meter - 1].split("/")],
            "style": take.style, "bpm": bpm, "steps": take.steps.tolist(),
            "velocity": take.velocity.round(4).tolist(), "offset": take.offset.round(4).tolist(),
            "columns": columns.tolist(),
            "reals": [[[i, round(float(v), 4)] for i, v in enumerate(row) if v] for row in reals],
            "nats": [round(float(n), 5) for n in (nats[0] + nats[1]).sum(-1)],
            "median_velocity": velocity.round(4).tolist(), "median_offset": offset.round(4).tolist(),
        })
    return cases


def main():
    args = arguments(__doc__, "groove")
    model, run = restored(args.weights, make)
    takes = load(args.data)
    figures = report(model, takes, "test")
    print(json.dumps(figures, indent=2))
    heads = [("velocity", [DRUMS, VELOCITIES]), ("offset", [DRUMS, OFFSETS])]
    text = card(
        args, model, run, heads, counts_of((t.source, t.licence, t.split) for t in takes), name="groove",
        credit=CREDIT, summary="A drummer's velocity and timing for hits that are given.",
        tokens=TOKENS, command=command_of("groove", "drums.jsonl.gz", run["settings"]),
        figures=figures,
        unit="Mean absolute errors of the median on the test split of the Groove MIDI Dataset:\n"
        "velocity from 0 to 1, offset in beats, by hit. Flat is the training median, on time;\n"
        "linear sees the same inputs. Nats are of velocity and offset together.",
    )
    write(args, text, lambda: parity(model, takes))
    curve(run["log"], args.curve, "nats per hit", "nats per hit, dropout")
    path = os.path.join(args.out, "model.onnx")
    to_onnx(Step(model), model, [name for name, _ in heads], path)
    print(REALS, "reals; bytes:", os.path.getsize(path))


if __name__ == "__main__":
    main()
