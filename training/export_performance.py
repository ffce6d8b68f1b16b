"""Exports a trained performance model: model.onnx, its card, its loss curve, a fixture for tests.

    python export_performance.py --data performances.jsonl.gz --weights runs/performance/best.pt \\
        --out ../stdlib/models/performance --fixture ../runtime/models/tests/performance_parity.json
"""

import json

import torch

from evaluate_performance import make, report
from exporting import arguments, card, command_of, counts_of, publish, restored, to_onnx
from note_batches import padded
from performance_data import DURATION_STARTS, DURATIONS, LOWEST, PITCHES, SHIFT_STARTS, SHIFTS
from performance_data import VELOCITIES, load
from performance_model import COARSE, Step
from train_performance import row

CREDIT = (
    "Contains knowledge of GiantMIDI-Piano, Kong, Li, Chen and Wang 2020, ByteDance (CC BY 4.0)."
)
TOKENS = {
    "hundredths": 1, "lowest": LOWEST, "pitches": PITCHES, "velocities": VELOCITIES,
    "durations": DURATION_STARTS, "shifts": SHIFT_STARTS, "coarse_shifts": list(COARSE),
}


@torch.no_grad()
def parity(model, performances):
    """Some notes of test recordings: what the network reads and answers; Rust must find the same."""
    cases = []
    for performance in [p for p in performances if p.split == "test"][:3]:
        part = performance.part(0, 60)
        columns, reals, *wanted = row(part, (False,) * 4)
        batch = padded([(columns, reals, *wanted)])
        nats = model.nats(*batch[:3])[0]
        cases.append({
            "id": part.id,
            "notes": [
                [int(t), int(p), int(v), int(d)]
                for t, p, v, d in zip(part.times, part.pitches, part.velocities, part.durations)
            ],
            "columns": columns.tolist(),
            "reals": [[[i, round(float(v), 4)] for i, v in enumerate(row) if v > 5e-5] for row in reals],
            "nats": [[round(float(n), 4) for n in row] for row in nats],
        })
    return cases


def main():
    args = arguments(__doc__, "performance")
    model, run = restored(args.weights, make)
    performances = load(args.data)
    other = load(args.data, ("piano-midi.de",))[::12]
    figures = report(model, performances, "test", other)
    print(json.dumps(figures, indent=2))
    heads = [
        ("keys", [PITCHES]), ("velocities", [PITCHES, VELOCITIES]),
        ("durations", [PITCHES, DURATIONS]), ("shifts", [PITCHES, SHIFTS]),
        ("spreads", [len(COARSE), DURATIONS]),
    ]
    text = card(
        args, model, run, heads, counts_of((p.source, p.licence, p.split) for p in performances),
        name="performance", credit=CREDIT,
        summary="Expressive piano: timing to a hundredth of a second, and dynamics.",
        tokens=TOKENS, command=command_of("performance", "performances.jsonl.gz", run["settings"]),
        figures=figures,
        unit="Nats of a note on held-out recordings: key, velocity, duration, time to the next note.\n"
        "The 5-gram reads the same parts. The handmade files are of piano-midi.de: not trained on.",
    )
    publish(
        args, text, lambda: parity(model, performances), run["log"], ("nats per note", "nats per note, dropout"),
        lambda path: to_onnx(Step(model), model, [name for name, _ in heads], path),
    )


if __name__ == "__main__":
    main()
