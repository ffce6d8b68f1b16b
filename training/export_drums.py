"""Exports a trained drums model: model.onnx, its card, its loss curve, a fixture for tests.

    python export_drums.py --data drums.jsonl.gz --weights runs/drums/best.pt \
        --out ../stdlib/models/drums --fixture ../runtime/models/tests/drums_parity.json
"""

import json
import os

from drums_data import COMBINATIONS, METERS, PITCHES, STYLES, TEMPI, load
from drums_features import COLUMNS, features
from drums_model import Step
from evaluate_drums import make, report
from exporting import arguments, card, command_of, counts_of, curve, restored, to_onnx, write
from train_drums import nats_of

CREDIT = (
    "Contains knowledge of the Groove MIDI Dataset, Gillick, Roberts, Engel, Eck and Bamman 2019, "
    "Google LLC (CC BY 4.0)."
)
TOKENS = {
    "ticks_per_beat": 24, "step": 6, "combinations": COMBINATIONS, "classes": PITCHES,
    "meters": METERS, "styles": STYLES, "tempi": TEMPI,
}


def parity(model, takes):
    """A few test takes with their columns, reals and nats, as the Rust side must find them."""
    test = [t for t in takes if t.split == "test"]
    chosen = [test[0].part(0, 9 * 16 + 5)] + [t for t in test if t.meter != 1][:1] + test[20:60:13]
    cases = []
    for number, take in enumerate(chosen):
        take = take.part(0, 160)
        told = {
            "with_left": number % 2 == 0, "with_style": number > 0, "with_tempo": number > 1,
            "with_kind": False,
        }
        columns, reals = features(take, **told)
        meter = [int(n) for n in METERS[take.meter - 1].split("/")] if take.meter else [4, 4]
        bpm = (list(TEMPI) + [220])[take.tempo - 1] - 1 if take.tempo else None
        cases.append({
            "id": take.id, "meter": meter, "left": told["with_left"],
            "style": take.style if told["with_style"] else 0,
            "bpm": bpm if told["with_tempo"] else None,
            "steps": take.steps.tolist(), "columns": columns.tolist(),
            "reals": ["".join(str(int(v)) for v in row) for row in reals],
            "nats": [round(float(v), 5) for v in nats_of(model, [take], **told)[0]],
        })
    return cases


def main():
    args = arguments(__doc__, "drums")
    model, run = restored(args.weights, make)
    takes = load(args.data)
    figures = report(model, takes, "test")
    print(json.dumps(figures, indent=2))
    text = card(
        args, model, run, [("combination", [COMBINATIONS])],
        counts_of((t.source, t.licence, t.split) for t in takes), name="drums", credit=CREDIT,
        summary="Drum beats and fills of nine classes, in a style, at a tempo.", tokens=TOKENS,
        command=command_of("drums", "drums.jsonl.gz", run["settings"]), figures=figures,
        unit="Nats per sixteenth on the test split of the Groove MIDI Dataset, given meter and\n"
        "position only, unless the name says otherwise.",
    )
    write(args, text, lambda: parity(model, takes))
    curve(run["log"], args.curve, "nats per sixteenth", "nats per sixteenth, dropout, all conditions")
    path = os.path.join(args.out, "model.onnx")
    to_onnx(Step(model), model, ["combination"], path)
    print(len(COLUMNS), "columns; bytes:", os.path.getsize(path))


if __name__ == "__main__":
    main()
