"""Exports a trained melody model: model.onnx, its card, its loss curve, a fixture for tests.

    python export_melody.py --data melodies.jsonl.gz --weights runs/melody/best.pt \
        --out ../stdlib/models/melody --fixture ../runtime/models/tests/melody_parity.json
"""

import argparse
import json
import os
from collections import Counter

import matplotlib
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from evaluate_melody import report, restored
from melody_chords import infer
from melody_data import DURATIONS, LOWEST, METERS, MODES, PITCHES, REFERENCE, TICKS, TOKENS
from melody_data import events_of, load
from melody_features import COLUMNS, features
from melody_model import Step

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

INPUTS = ("columns", "reals", "h", "c")
OUTPUTS = ("token", "duration", "h_next", "c_next")


def to_onnx(model, path):
    """One step as an ONNX graph; the batch is the only dynamic axis."""
    rows = 2
    state = torch.zeros(model.layers, rows, model.hidden)
    example = (torch.zeros(rows, len(COLUMNS), dtype=torch.int64), torch.zeros(rows, 24), state, state)
    axes = {name: {0: "batch"} for name in ("columns", "reals", "token", "duration")}
    axes |= {name: {1: "batch"} for name in ("h", "c", "h_next", "c_next")}
    torch.onnx.export(
        Step(model), example, path, dynamo=False, opset_version=17, dynamic_axes=axes,
        input_names=list(INPUTS), output_names=list(OUTPUTS),
    )
    halve(path)


def halve(path):
    """Stores the weights as 16-bit floats that the runtime widens once, when it loads them.

    Unlike dynamic int8 this keeps every row of a batch independent of the others, so that a
    seed gives the same phrase in any company.
    """
    model = onnx.load(path)
    casts, kept = [], []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if weight.data_type != TensorProto.FLOAT or values.size < 512:
            kept.append(weight)
            continue
        kept.append(numpy_helper.from_array(values.astype(np.float16), weight.name + "_half"))
        casts.append(helper.make_node("Cast", [weight.name + "_half"], [weight.name], to=TensorProto.FLOAT))
    nodes = casts + list(model.graph.node)
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept)
    model.graph.node.extend(nodes)
    model.doc_string = ""
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    onnx.checker.check_model(model)
    onnx.save(model, path)


def half_precision(model):
    """The model with the weights that `halve` stores, so that figures are those of the file."""
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.half().float())
    return model


def curve(log, path):
    minutes = [row["minutes"] for row in log]
    figure, axis = plt.subplots(figsize=(6, 3.2), dpi=80)
    axis.plot(minutes, [row["valid_nats_per_sixteenth"] for row in log], label="validation, nats per sixteenth")
    axis.plot(minutes, [row["train_nats_per_event"] for row in log], label="training, nats per event")
    axis.set_ylim(0.4, 1.8)
    axis.set_xlabel("minutes of one core")
    axis.grid(alpha=0.3)
    axis.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path)


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


def card(settings, figures, counts, hidden, layers):
    listed = ", ".join(f'"{m}"' for m in METERS)
    rows = "\n".join(f'  {{ name = "{name}", size = {size} }},' for name, size in COLUMNS)
    data = "\n".join(
        f'[[data]]\nsource = "{source}"\nlicence = "{licence}"\ntrain = {c["train"]}\nvalid = {c["valid"]}\ntest = {c["test"]}\n'
        for (source, licence), c in sorted(counts.items())
    )
    metrics = "\n".join(f"{name} = {value}" for name, value in figures.items())
    return f"""# The melody model's card: what it is, what it reads and writes, where it comes from.
name = "melody"
version = "0.1.0"
summary = "Folk-like melodies in a key, mode and meter, over chords when they are given."
vocabulary = "melody"
licence = "MIT OR Apache-2.0"
credit = "Contains knowledge of the CRE corpus of the Polifonia project (CC BY 4.0)."
file = "model.onnx"

[tokens]
ticks_per_beat = {TICKS}
tokens = {TOKENS}
pitches = {PITCHES}
lowest = {LOWEST}
reference = {REFERENCE}
durations = {list(DURATIONS)}
meters = [{listed}]
modes = [{", ".join(f'"{m}"' for m in MODES)}]

[network]
columns = "columns"
reals = "reals"
real_width = 24
heads = [{{ name = "token", shape = [{TOKENS}] }}, {{ name = "duration", shape = [{TOKENS}, {len(DURATIONS)}] }}]
states = [
  {{ input = "h", output = "h_next", layers = {layers}, width = {hidden} }},
  {{ input = "c", output = "c_next", layers = {layers}, width = {hidden} }},
]

[training]
script = "training/train_melody.py"
command = "python train_melody.py --data melodies.jsonl.gz --out runs/melody --minutes {settings['minutes']:g} --hidden {settings['hidden']} --dropout {settings['dropout']:g} --batch-events {settings['batch_events']} --seed {settings['seed']}"
seed = {settings['seed']}
threads = 1

# Nats per sixteenth on the folk tunes of the test split, as written (repeats once), given
# meter, mode and position only, unless the name says otherwise.
[test]
{metrics}

{data}
# What the network reads before each event, in this order; see training/melody_features.py.
[inputs]
columns = [
{rows}
]
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name in ("--data", "--weights", "--out", "--fixture"):
        parser.add_argument(name, required=True)
    parser.add_argument("--curve", default="curves/melody.png")
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, saved = restored(args.weights)
    half_precision(model)
    pairs = load(args.data)
    figures = report(model, pairs, "test")
    print(json.dumps(figures, indent=2))
    counts = {}
    for written, _ in pairs:
        counts.setdefault((written.source, written.licence), Counter())[written.split] += 1
    os.makedirs(args.out, exist_ok=True)
    os.makedirs(os.path.dirname(args.curve) or ".", exist_ok=True)
    with open(os.path.join(args.out, "model.toml"), "w", encoding="utf-8") as file:
        file.write(card(saved["settings"], figures, counts, model.hidden, model.layers))
    with open(args.fixture, "w", encoding="utf-8") as file:
        json.dump(parity(model, pairs), file, separators=(",", ":"))
        file.write("\n")
    curve(saved["log"], args.curve)
    to_onnx(model, os.path.join(args.out, "model.onnx"))
    print("bytes:", os.path.getsize(os.path.join(args.out, "model.onnx")))


if __name__ == "__main__":
    main()
