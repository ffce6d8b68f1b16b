"""Exports a trained chords model: model.onnx, its card, its loss curve, a fixture for tests.

    python export_chords.py --data chords.jsonl.gz --weights runs/chords/best.pt \
        --out ../stdlib/models/chords --fixture ../runtime/models/tests/chords_parity.json
"""

import json
import os

from chords_data import DURATIONS, METERS, QUALITIES, SECTIONS, SOURCES, TOKENS, UNIT
from chords_data import events_of, load
from evaluate_chords import make, report
from event_batches import nats_of
from event_model import Step
from exporting import arguments, card, command_of, counts_of, curve, restored, to_onnx, write
from train_chords import example

TABLES = {
    "steps_per_beat": UNIT, "tokens": TOKENS, "qualities": QUALITIES, "durations": DURATIONS,
    "meters": METERS, "styles": SOURCES, "sections": [name for name, _ in SECTIONS],
}


def parity(model, rows):
    """A few test songs with their columns and nats, as the Rust side must find them."""
    chosen = [r for r in rows if r.split == "test"][::17]
    cases = []
    for number, row in enumerate(chosen):
        told = {
            "with_left": number % 2 == 0, "with_style": number % 3 > 0,
            "with_sections": bool(row.sections),
        }
        columns, *rest = example(row, **told)
        events, count = events_of(row), 90
        nats = nats_of(model, [(columns, *rest)])[0]
        cases.append({
            "id": row.id, "meter": [int(n) for n in row.meter.split("/")], "bar": row.bar,
            "mode": row.mode, "style": row.style if told["with_style"] else 0, "start": row.start,
            "end": row.end, "left": told["with_left"], "sections": row.sections,
            "events": [list(e) for e in events[:count]], "columns": columns[:count].tolist(),
            "nats": [round(float(n), 5) for n in nats[:count]],
        })
    return cases


def main():
    args = arguments(__doc__, "chords")
    model, run = restored(args.weights, make)
    rows = load(args.data)
    figures = report(model, rows, "test")
    print(json.dumps(figures, indent=2))
    heads = [("token", [TOKENS]), ("duration", [TOKENS, len(DURATIONS)])]
    text = card(
        args, model, run, heads, counts_of((r.source, r.licence, r.split) for r in rows), name="chords",
        summary="Chord progressions in a key, with sections of a song when they are given.",
        credit="Contains knowledge of POP909, Wang et al. 2020 (MIT), and of the McGill Billboard "
        "annotations, Burgoyne, Wild and Fujinaga 2011 (CC0).",
        tokens=TABLES, figures=figures, command=command_of("chords", "chords.jsonl.gz", run["settings"]),
        unit="Nats per chord (which, and how long) on test songs by a hash of the title, given\n"
        "meter, mode and position only, unless the name says otherwise.",
    )
    write(args, text, lambda: parity(model, rows))
    curve(run["log"], args.curve, "nats per chord", "nats per chord, dropout, all conditions")
    path = os.path.join(args.out, "model.onnx")
    to_onnx(Step(model), model, [name for name, _ in heads], path)
    print("bytes:", os.path.getsize(path))


if __name__ == "__main__":
    main()
