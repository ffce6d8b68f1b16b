"""A model from elsewhere, made from scratch: the smallest drums model that mag plays.

    python example_model.py --data drums.jsonl.gz --out ~/.local/share/mag/models/counted

It knows one thing: how often each combination of drums stood at each sixteenth of the bar after the
one before it had a kick, a snare, both or neither. There is no PyTorch in it: counts become
log-probabilities, and four ONNX operators look them up. docs/your-own-model.md goes through it.
"""

import argparse
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from drums_data import COMBINATIONS, load
from drums_features import COLUMNS, REALS

PLACES = 32


def counted(takes):
    """Log-probabilities of the next combination, (place x before) x combinations."""
    counts = np.full((PLACES, 4, COMBINATIONS), 1e-3)
    everywhere = np.full((PLACES, 1, COMBINATIONS), 1e-3)
    for take in takes:
        before = 0
        for at, now in enumerate(take.steps):
            place = min(at % take.bar, PLACES - 1)
            counts[place, before & 3, now] += 1
            everywhere[place, 0, now] += 1
            before = now
    counts += everywhere / everywhere.sum(-1, keepdims=True)  # where little was seen
    return np.log(counts / counts.sum(-1, keepdims=True)).astype(np.float32).reshape(-1, COMBINATIONS)


def graph(table):
    """place = columns[0]; before = reals[0] + 2 reals[1] (kick, snare); row = 4 place + before."""
    constants = {
        "table": table.astype(np.float16), "first": np.array([0], np.int64),
        "weights": np.array([[1.0], [2.0]] + [[0.0]] * (REALS - 2), np.float32),
        "four": np.array(4, np.int64), "row": np.array([1], np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["columns", "first"], ["place"], axis=1),
        helper.make_node("MatMul", ["reals", "weights"], ["struck"]),
        helper.make_node("Cast", ["struck"], ["before"], to=TensorProto.INT64),
        helper.make_node("Mul", ["place", "four"], ["scaled"]),
        helper.make_node("Add", ["scaled", "before"], ["entry"]),
        helper.make_node("Squeeze", ["entry", "row"], ["index"]),
        helper.make_node("Cast", ["table"], ["wide"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["wide", "index"], ["combination"], axis=0),
    ]
    return helper.make_graph(
        nodes, "counted",
        [
            helper.make_tensor_value_info("columns", TensorProto.INT64, ["batch", len(COLUMNS)]),
            helper.make_tensor_value_info("reals", TensorProto.FLOAT, ["batch", REALS]),
        ],
        [helper.make_tensor_value_info("combination", TensorProto.FLOAT, ["batch", COMBINATIONS])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )


CARD = """name = "{name}"
version = "1.0.0"
summary = "Counts of what Groove's drummers play at each sixteenth."
vocabulary = "drums"
licence = "{licence}"
credit = "{credit}"
file = "model.onnx"

[network]
columns = "columns"
reals = "reals"
real_width = {reals}
heads = [{{ name = "combination", shape = [{combinations}] }}]
states = []

[training]
command = "python example_model.py --data drums.jsonl.gz --out {name}"
seed = 0
{data}
[inputs]
columns = [
{columns}
]
"""


def save(folder, table, sources):
    """A model's folder: the network, and the card that says what it is."""
    os.makedirs(folder, exist_ok=True)
    model = helper.make_model(graph(table), opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, os.path.join(folder, "model.onnx"))
    rows = "".join(
        f'\n[[data]]\nsource = "{s}"\nlicence = "{licence}"\ntrain = {n}\n'
        for (s, licence), n in sources.items()
    )
    text = CARD.format(
        name=os.path.basename(os.path.normpath(folder)), reals=REALS, combinations=COMBINATIONS,
        licence="CC-BY-4.0", credit="Counted in the Groove MIDI Dataset, Gillick et al. 2019 (CC BY 4.0).",
        columns="\n".join(f'  {{ name = "{n}", size = {size} }},' for n, size in COLUMNS), data=rows,
    )
    with open(os.path.join(folder, "model.toml"), "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    takes = [t for t in load(args.data) if t.split == "train"]
    sources = {}
    for take in takes:
        sources[take.source, take.licence] = sources.get((take.source, take.licence), 0) + 1
    save(args.out, counted(takes), sources)


if __name__ == "__main__":
    main()
