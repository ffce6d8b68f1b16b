"""Exports a trained melody model: model.onnx, its card, its loss curve, a fixture for tests.

    python export_melody.py --data melodies.jsonl.gz --weights runs/melody/best.pt \
        --out ../stdlib/models/melody --fixture ../runtime/models/tests/melody_parity.json
"""

import json
import os

import numpy as np
import torch

from evaluate_melody import make_of, report
from event_model import Step
from exporting import arguments, card, command_of, counts_of, curve, restored, to_onnx, write
from melody_chords import infer
from melody_data import DURATIONS, LOWEST, METERS, MODES, PITCHES, REFERENCE, TICKS, TOKENS
from melody_data import events_of, load
from melody_features import features

TABLES = {
    "ticks_per_beat": TICKS, "tokens": TOKENS, "pitches": PITCHES, "lowest": LOWEST,
    "reference": REFERENCE, "durations": DURATIONS, "meters": METERS, "modes": MODES,
}


def parity(model, pairs):
    """A few test tunes with their columns, chord tones and nats, as the Rust side must find them."""
    chosen = [written for written, _ in pairs if written.split == "test"][::29][:4]
    cases = []
    for number, tune in enumerate(chosen):
        chords = infer(tune) if number % 2 else []
        events = events_of(tune)
        columns, tones = features(tune, events, chords, with_left=number >= 2)
        targets = torch.tensor([(t, d) for _, t, d in events]).unsqueeze(0)
        with torch.no_grad():
            token, duration = model.nats(
                torch.from_numpy(columns.astype(np.int64)).unsqueeze(0),
                torch.from_numpy(tones).unsqueeze(0), targets[..., 0], targets[..., 1],
            )
        cases.append({
            "id": tune.id, "meter": [int(n) for n in tune.meter.split("/")], "tonic": tune.tonic,
            "mode": tune.mode, "start": tune.start, "end": tune.end, "left": number >= 2,
            "notes": [[onset, end - onset, pitch] for onset, end, pitch in tune.notes],
            "chords": [[t, (root + tune.tonic) % 12, [(p + tune.tonic) % 12 for p in tones_],
                        (bass + tune.tonic) % 12] for t, root, tones_, bass in chords],
            "events": [list(e) for e in events],
            "columns": [[int(v) for v in row] for row in columns],
            "nats": [round(float(v), 5) for v in (token + duration)[0]],
        })
    return cases


def main():
    args = arguments(__doc__, "melody")
    model, run = restored(args.weights, make_of)
    pairs = load(args.data)
    figures = report(model, pairs, "test")
    print(json.dumps(figures, indent=2))
    heads = [("token", [TOKENS]), ("duration", [TOKENS, len(DURATIONS)])]
    text = card(
        args, model, run, heads, counts_of((t.source, t.licence, t.split) for t, _ in pairs),
        name="melody", tokens=TABLES, figures=figures,
        summary="Folk-like melodies in a key, mode and meter, over chords when they are given.",
        credit="Contains knowledge of the CRE corpus of the Polifonia project (CC BY 4.0).",
        command=command_of("melody", "melodies.jsonl.gz", run["settings"]),
        unit="Nats per sixteenth on the folk tunes of the test split, as written (repeats once),\n"
        "given meter, mode and position only, unless the name says otherwise.",
    )
    write(args, text, lambda: parity(model, pairs))
    curve(run["log"], args.curve, "nats per sixteenth", "nats per event, dropout")
    path = os.path.join(args.out, "model.onnx")
    to_onnx(Step(model), model, [name for name, _ in heads], path)
    print("bytes:", os.path.getsize(path))


if __name__ == "__main__":
    main()
