"""What every export shares: the graph with 16-bit weights, the card, the loss curve."""

import argparse
import json
import os

import matplotlib
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from network import example

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402


def arguments(doc, name, kinds=()):
    """The command line of an export script; `kinds` are models that share it, the first usual."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawTextHelpFormatter
    )
    for needed in ("--data", "--weights", "--out"):
        parser.add_argument(needed, required=True)
    parser.add_argument("--fixture", help="where the cases of the tests go; none without it")
    if kinds:
        parser.add_argument("--kind", choices=kinds, default=next(iter(kinds)))
    parser.add_argument("--curve", help=f"the loss curve; curves/{name}.png without it")
    parser.add_argument("--name", help="of the model, in programs")
    parser.add_argument("--licence", default="MIT OR Apache-2.0", help="of the weights")
    torch.set_num_threads(1)
    args = parser.parse_args()
    usual = args.kind if kinds else name
    args.name, args.curve = args.name or usual, args.curve or f"curves/{usual}.png"
    return args


def to_onnx(step, model, heads, path):
    """One step as an ONNX graph; the batch is the only dynamic axis."""
    inputs, states = ["columns", "reals", "h", "c"], ["h_next", "c_next"]
    axes = {name: {0: "batch"} for name in ("columns", "reals", *heads)}
    axes |= {name: {1: "batch"} for name in ("h", "c", *states)}
    torch.onnx.export(
        step, example(model), path, dynamo=False, opset_version=17, dynamic_axes=axes,
        input_names=inputs, output_names=[*heads, *states],
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


def restored(path, make):
    """The averaged weights of a run in the model that `make(settings)` gives, and the run."""
    saved = torch.load(path, weights_only=False)
    model = make(saved["settings"])
    model.load_state_dict(saved["average"])
    return half_precision(model.eval()), saved


def curve(log, path, valid, train):
    """The loss curve as a picture; `valid` and `train` name the units of the two lines."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    minutes = [row["minutes"] for row in log]
    figure, axis = plt.subplots(figsize=(6, 3.2), dpi=80)
    best = min(row["valid"] for row in log)
    axis.plot(minutes, [row["valid"] for row in log], label=f"validation, {valid}")
    axis.plot(minutes, [row["train"] for row in log], label=f"training, {train}")
    values = [row[kind] for row in log for kind in ("valid", "train")]
    axis.set_ylim(0.95 * min(values), min(2.2 * best, 1.02 * max(values)))
    axis.set_xlabel("minutes of one core")
    axis.grid(alpha=0.3)
    axis.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path)


def counts_of(records):
    """How many records of each split, by source and licence."""
    counts = {}
    for source, licence, split in records:
        row = counts.setdefault((source, licence), {"train": 0, "valid": 0, "test": 0})
        row[split] += 1
    return counts


CARD = """# The {name} model's card: what it is, what it reads and writes, where it comes from.
name = "{title}"
version = "0.1.0"
summary = "{summary}"
vocabulary = "{name}"
licence = "{licence}"
credit = "{credit}"
file = "model.onnx"

[tokens]
{tokens}

[network]
columns = "columns"
reals = "reals"
real_width = {reals}
heads = [{heads}]
states = [{states}]
# A sequence alone is answered to the bit as in company (network.py, `weighed`).
alone = true

[training]
script = "training/train_{script}.py"
command = "{command}"
seed = {seed}
threads = 1

{unit}
[test]
{figures}

{data}
# What the network reads before each step, in this order; see training/{columns_in}.py.
[inputs]
columns = [
{columns}
]
"""


def command_of(name, data, settings, kind=None):
    """The command line of a run, from its saved settings; `kind` where one script has several."""
    length = "steps" if settings.get("steps") else "minutes"
    given = (length, "hidden", "dropout", "rate", "batch_events", "seed", "weight", "free", "forget")
    values = ((k, settings[k]) for k in given if k in settings)
    options = " ".join(f"--{k.replace('_', '-')} {v if k == 'steps' else format(v, 'g')}" for k, v in values)
    which = f" --kind {kind}" if kind else ""
    if settings.get("start"):
        which += f" --start {os.path.basename(os.path.normpath(settings['start']))}"
    return f"python train_{name}.py{which} --data {data} --out runs/{kind or name} {options}"


def toml(value):
    """A list or a scalar as TOML."""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(v) for v in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def states_of(model):
    """What the network carries from step to step; nothing if it has no LSTM."""
    if not hasattr(model, "lstm"):
        return ""
    row = '\n  {{ input = "{0}", output = "{0}_next", layers = {1}, width = {2} }},'
    return "".join(row.format(name, model.layers, model.hidden) for name in "hc") + "\n"


def card(args, model, run, heads, counts, **fields):
    """The text of a card. `heads` are (name, shape), `tokens` and `figures` dictionaries."""
    def listed(table):
        return "\n".join(f"{name} = {toml(value)}" for name, value in table.items())

    data = "\n".join(
        f'[[data]]\nsource = "{source}"\nlicence = "{licence}"\n{listed(row)}\n'
        for (source, licence), row in sorted(counts.items())
    )
    comment = "\n".join("# " + line for line in fields.pop("unit").split("\n"))
    fields = {"script": fields["name"], "columns_in": f"{fields['name']}_features"} | fields
    return CARD.format(
        **fields | {"tokens": listed(fields["tokens"]), "figures": listed(fields["figures"])},
        title=args.name, licence=args.licence, unit=comment, data=data,
        reals=model.reals, states=states_of(model), seed=run["settings"]["seed"],
        heads=", ".join(f'{{ name = "{n}", shape = {list(s)} }}' for n, s in heads),
        columns="\n".join(f'  {{ name = "{n}", size = {s} }},' for n, s in model.columns),
    )


def write(args, text, cases):
    """The card, and the fixture of the tests when it is asked for; `cases()` makes it."""
    os.makedirs(args.out, exist_ok=True)
    with open(os.path.join(args.out, "model.toml"), "w", encoding="utf-8") as file:
        file.write(text)
    if args.fixture:
        with open(args.fixture, "w", encoding="utf-8") as file:
            json.dump(cases(), file, separators=(",", ":"))
            file.write("\n")


def publish(args, text, cases, log, units, to_file):
    """Everything of a model: card, fixture, loss curve (`units` of validation and training), and the
    network, which `to_file(path)` writes."""
    write(args, text, cases)
    curve(log, args.curve, *units)
    path = os.path.join(args.out, "model.onnx")
    to_file(path)
    print("bytes:", os.path.getsize(path))
