"""Exports a trained expression model: model.onnx, its card, its loss curve, a fixture for tests.

    python export_expression.py --data performances.jsonl.gz --weights runs/expression/best.pt \\
        --out ../stdlib/models/expression --fixture ../runtime/models/tests/expression_parity.json
"""

import json

import torch

from evaluate_expression import make, predicted, report
from export_performance import CREDIT
from exporting import arguments, card, command_of, counts_of, publish, restored, to_onnx
from expression_data import LENGTH_LEAST, LENGTH_STEP, LENGTHS, OFFSET_STEP, OFFSETS, TEMPI
from expression_data import TEMPO_STEP, VELOCITIES, load
from expression_features import features
from expression_model import Step
from performance_data import LOWEST

TOKENS = {
    "velocities": VELOCITIES, "offsets": OFFSETS, "offset_seconds": OFFSET_STEP, "tempi": TEMPI,
    "tempo_step": TEMPO_STEP, "lengths": LENGTHS, "length_step": LENGTH_STEP,
    "length_least": LENGTH_LEAST,
}


@torch.no_grad()
def parity(model, readings):
    """Some chords of test recordings as written notes, and how the network plays them."""
    cases = []
    for reading in [r for r in readings if r.split == "test"][:3]:
        part = reading.part(8, 40)
        # A score has one tempo: the seconds of the written notes are exact in it.
        part.pulse[:] = 0.5
        columns, reals = features(part, False)
        told_columns, told_reals = features(part, True)
        cases.append({
            "id": part.id,
            "notes": [
                [float(0.5 * part.positions[g] - 0.5 * part.positions[0]), float(w), int(k) + LOWEST]
                for g, w, k in zip(part.group, part.written, part.keys)
            ],
            "played": part.played.round(5).tolist(),
            "columns": told_columns.tolist(),
            "reals": [[[i, round(float(v), 4)] for i, v in enumerate(row) if v] for row in told_reals],
            "medians": predicted(model, (columns, reals)).round(4).tolist(),
        })
    return cases


def main():
    args = arguments(__doc__, "expression")
    model, run = restored(args.weights, make)
    readings = load(args.data)
    figures = report(model, readings, "test")
    print(json.dumps(figures, indent=2))
    heads = [("velocity", [VELOCITIES]), ("offset", [OFFSETS]), ("tempo", [TEMPI]), ("length", [LENGTHS])]
    text = card(
        args, model, run, heads, counts_of((r.source, r.licence, r.split) for r in readings),
        name="expression", credit=CREDIT,
        summary="How a pianist plays written notes: dynamics, timing, tempo and articulation.",
        tokens=TOKENS, command=command_of("expression", "performances.jsonl.gz", run["settings"]),
        figures=figures,
        unit="Mean absolute errors of the median on held-out recordings, whose score is estimated:\n"
        "velocity from 0 to 1, offset in seconds, tempo as a natural logarithm, length to base 2.\n"
        "Flat is as written and evenly loud; linear sees the same inputs.",
    )
    publish(
        args, text, lambda: parity(model, readings), run["log"], ("nats per note", "nats per note, dropout"),
        lambda path: to_onnx(Step(model), model, [name for name, _ in heads], path),
    )


if __name__ == "__main__":
    main()
