"""Exports a trained autoencoder: both networks, their card, the loss curve, a fixture for tests.

    python export_vae.py --kind melody-vae --data melodies.jsonl.gz --weights runs/melody-vae/best.pt \\
        --out ../stdlib/models/melody-vae --fixture ../runtime/models/tests/melody_vae_parity.json
"""

import copy
import json
import os

import numpy as np
import torch

import melody_data
from evaluate_vae import make_of, report
from exporting import arguments, card, command_of, curve, halve, restored, toml, write
from latent_data import BARS, BEYOND, FIRST, HOLD, KINDS, MELODY, REST, SOURCES, load, melody_symbols
from latent_decode import decode, encode, slerp
from latent_directions import directions
from latent_model import Step
from network import Gathered

CREDITS = {
    "melody-vae": "Contains knowledge of the CRE corpus of the Polifonia project (CC BY 4.0).",
    "drums-vae": "Contains knowledge of the Groove MIDI Dataset, Gillick, Roberts, Engel, Eck and "
    "Bamman 2019, Google LLC (CC BY 4.0).",
}
SUMMARIES = {
    "melody-vae": "A space of melodies of two bars: ways between them, variations, more of something.",
    "drums-vae": "A space of drum rhythms of two bars: ways between them, variations, more of something.",
}


def encoder_to_onnx(model, path):
    columns = torch.zeros(2, model.kind.longest + 1, dtype=torch.int64)
    torch.onnx.export(
        model.encoder, columns, path, dynamo=False, opset_version=17, input_names=["columns"],
        output_names=["mean", "deviation"],
        dynamic_axes={name: {0: "batch"} for name in ("columns", "mean", "deviation")},
    )
    halve(path)


def decoder_to_onnx(model, path):
    """One step without states; the batch is the only dynamic axis."""
    decoder = copy.deepcopy(model.decoder)
    decoder.entry = Gathered(decoder.entry)
    columns = torch.zeros(2, len(decoder.columns), dtype=torch.int64)
    names = ("columns", "reals", "symbol")
    torch.onnx.export(
        Step(decoder), (columns, torch.zeros(2, decoder.reals)), path, dynamo=False,
        opset_version=17, input_names=names[:2], output_names=names[2:],
        dynamic_axes={name: {0: "batch"} for name in names},
    )
    halve(path)


def read_tunes(path):
    """A few test tunes as notes in ticks, with their symbols."""
    cases = []
    tunes = [tune for tune, _ in melody_data.load(path, SOURCES) if tune.split == "test"]
    # A pickup just before the bar line would move onto it; the fixture has none.
    tunes = [t for t in tunes if not any(-3 <= onset < 0 for onset, _, _ in t.notes)]
    for tune in tunes[5:400:79]:
        symbols, bar = melody_symbols(tune)
        steps = min(len(symbols), 8 * bar)
        notes = [n for n in tune.notes if n[0] >= 0 and (n[0] + 3) // 6 < steps]
        cases.append({
            "tonic": tune.tonic, "notes": notes, "symbols": symbols[:steps].tolist(),
        })
    return cases


def parity(model, windows, path):
    """Test windows with their points and what is written from these, and ways between them."""
    test, cases = windows["test"], []
    for bar in (16, 12):
        rows = np.flatnonzero(test.bars == bar)
        rows = rows[:: max(1, len(rows) // 4)][:4]
        if len(rows) < 2:
            continue
        points = encode(model, test.symbols[rows], test.bars[rows])
        again = decode(model, points, bar)
        half = decode(model, slerp(points[:1], points[1:2], 0.5), bar)[0]
        cases.append({
            "bar": bar, "windows": test.symbols[rows][:, : 2 * bar].tolist(),
            "points": [[round(float(v), 5) for v in p] for p in points],
            "written": again.tolist(), "half_way": half.tolist(),
        })
    result = {"windows": cases}
    if model.kind is MELODY:
        result["tunes"] = read_tunes(path)
    return result


def extras(model, found):
    kind = model.kind
    rows = "\n".join(f"{name} = {toml(row)}" for name, row in found.items())
    return (
        f'[encoder]\nfile = "encoder.onnx"\ncolumns = "columns"\nsteps = {kind.longest}\n'
        f'mean = "mean"\ndeviation = "deviation"\nwidth = {kind.latent}\n\n'
        "# What to add to a point for one deviation more of each.\n"
        f"[directions]\n{rows}\n"
    )


def counts_of(windows):
    counts = {}
    for split, part in windows.items():
        for key in part.sources:
            row = counts.setdefault(key, {"train": 0, "valid": 0, "test": 0})
            row[split] += 1
    return counts


def main():
    args = arguments(__doc__, "vae", kinds=KINDS)
    kind = KINDS[args.kind]
    model, run = restored(args.weights, make_of)
    windows = load(kind, args.data)
    figures = report(model, windows, "test")
    found, effects = directions(model, windows["train"])
    print(json.dumps(figures | {"half a length along each direction, in deviations": effects}, indent=2))
    tokens = {"step": 6, "bars": BARS, "symbols": kind.symbols}
    if kind is MELODY:
        tokens |= {"hold": HOLD, "rest": REST, "first_pitch": FIRST, "beyond": BEYOND}
    scalars = {k: v for k, v in figures.items() if not isinstance(v, list)}
    text = card(
        args, model.decoder, run, [("symbol", [kind.symbols])], counts_of(windows), name=kind.name,
        script="vae", columns_in="latent_model", credit=CREDITS[kind.name],
        summary=SUMMARIES[kind.name], tokens=tokens,
        command=command_of("vae", os.path.basename(args.data), run["settings"], kind=kind.name),
        figures=scalars,
        unit="On windows of two bars of the test split; counts under [[data]] are windows as well.\n"
        "See evaluate_vae.py for what each figure is.",
    )
    text = text.replace("[training]\n", extras(model, found) + "\n[training]\n", 1)
    write(args, text, lambda: parity(model, windows, args.data))
    curve(run["log"], args.curve, "nats per sixteenth, with the point", "the same, dropout, hidden past")
    decoder_to_onnx(model, os.path.join(args.out, "model.onnx"))
    encoder_to_onnx(model, os.path.join(args.out, "encoder.onnx"))
    for name in ("model.onnx", "encoder.onnx"):
        print(name, os.path.getsize(os.path.join(args.out, name)), "bytes")


if __name__ == "__main__":
    main()
