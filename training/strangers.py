"""Makes models that are broken, huge or malicious, for the tests of `mag models check`.

    python strangers.py --out ../runtime/models/tests/strangers

Each is the model of example_model.py (with a table that was never counted) with one thing wrong.
"""

import argparse
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from drums_data import COMBINATIONS
from drums_features import REALS
from example_model import PLACES, graph, save

BATCH = ["batch", COMBINATIONS]


def value(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def finished(graph, **more):
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9, **more)


def answered(table, nodes, constants=()):
    """The graph with its answer handed through further nodes, from `plain` to `combination`."""
    result = graph(table)
    result.node[-1].output[0] = "plain"
    result.node.extend(nodes)
    result.initializer.extend(numpy_helper.from_array(v, n) for n, v in constants)
    return finished(result)


def looping(table):
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Identity", ["x"], ["y"])],
        "body", [value("i", TensorProto.INT64, []), value("go", TensorProto.BOOL, []), value("x", TensorProto.FLOAT, BATCH)],
        [value("on", TensorProto.BOOL, []), value("y", TensorProto.FLOAT, BATCH)],
    )
    constants = [("forever", np.array(2**62)), ("yes", np.array(True))]
    return answered(table, [helper.make_node("Loop", ["forever", "yes", "plain"], ["combination"], body=body)], constants)


def branching(table):
    def branch(name):
        return helper.make_graph([helper.make_node("Identity", ["plain"], [name])], name, [], [value(name, TensorProto.FLOAT, BATCH)])

    node = helper.make_node("If", ["yes"], ["combination"], then_branch=branch("a"), else_branch=branch("b"))
    return answered(table, [node], [("yes", np.array(True))])


def outside(table):
    model = finished(graph(table))
    weight = next(w for w in model.graph.initializer if w.name == "table")
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    for key, what in (("location", "../../../../etc/passwd"), ("offset", "0"), ("length", "512")):
        entry = weight.external_data.add()
        entry.key, entry.value = key, what
    return model


def claiming(table):
    """Weights of a quadrillion numbers, of which none is there."""
    model = finished(graph(table))
    weight = next(w for w in model.graph.initializer if w.name == "table")
    del weight.dims[:]
    weight.dims.extend([1 << 30, 1 << 20])
    weight.raw_data = b"\0\0"
    return model


def growing(table):
    """An array of a trillion numbers, asked for while playing."""
    nodes = [
        helper.make_node("ConstantOfShape", ["size"], ["vast"]),
        helper.make_node("ReduceSum", ["vast"], ["sum"], keepdims=0),
        helper.make_node("Add", ["plain", "sum"], ["combination"]),
    ]
    return answered(table, nodes, [("size", np.array([1 << 20, 1 << 20], np.int64))])


def slow(table, times=250):
    """Multiplies big matrices again and again for nothing."""
    side = 1500
    nodes = [helper.make_node("Expand", ["tiny", "size"], ["m0"])]
    nodes += [helper.make_node("MatMul", [f"m{i}", "m0"], [f"m{i + 1}"]) for i in range(times)]
    nodes += [
        helper.make_node("ReduceMax", [f"m{times}"], ["most"], keepdims=0),
        helper.make_node("Mul", ["most", "nought"], ["nothing"]),
        helper.make_node("Add", ["plain", "nothing"], ["combination"]),
    ]
    return answered(table, nodes, [
        ("tiny", np.array([[1e-4]], np.float32)), ("size", np.array([side, side], np.int64)),
        ("nought", np.array(0, np.float32)),
    ])


def of_wrong_type(table):
    model = finished(graph(table))
    model.graph.input[1].type.tensor_type.elem_type = TensorProto.DOUBLE
    model.graph.node.insert(0, helper.make_node("Cast", ["reals"], ["narrow"], to=TensorProto.FLOAT))
    next(n for n in model.graph.node if n.op_type == "MatMul").input[0] = "narrow"
    return model


def of_wrong_shape(table):
    model = finished(graph(table[:, :100]))
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 100
    return model


def with_functions(table):
    function = helper.make_function(
        "own", "Same", ["x"], ["y"], [helper.make_node("Identity", ["x"], ["y"])], [helper.make_opsetid("", 17)]
    )
    result = graph(table)
    result.node[-1].output[0] = "plain"
    result.node.append(helper.make_node("Same", ["plain"], ["combination"], domain="own"))
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    return helper.make_model(result, opset_imports=imports, ir_version=9, functions=[function])


def with_chance(table):
    nodes = [
        helper.make_node("RandomNormalLike", ["plain"], ["noise"]),
        helper.make_node("Add", ["plain", "noise"], ["loud"]),
        helper.make_node("LogSoftmax", ["loud"], ["combination"], axis=-1),
    ]
    return answered(table, nodes)


def strangers():
    draw = np.random.default_rng(1)
    counts = draw.random(COMBINATIONS)
    table = np.tile(np.log(counts / counts.sum()), (4 * PLACES, 1)).astype(np.float32)
    small = table[:1]  # every place the same: the files stay small

    def one_row(model):
        """Looks everything up in the only row."""
        next(w for w in model.graph.initializer if w.name == "four").CopyFrom(numpy_helper.from_array(np.array(0, np.int64), "four"))
        next(w for w in model.graph.initializer if w.name == "weights").CopyFrom(
            numpy_helper.from_array(np.zeros((REALS, 1), np.float32), "weights"))
        return model

    bad = np.full_like(small, np.nan)
    makers = {
        "good": lambda: finished(graph(small)),
        "not-a-number": lambda: finished(graph(bad)),
        "not-probabilities": lambda: finished(graph(small + 3)),
        "looping": lambda: looping(small), "branching": lambda: branching(small),
        "outside": lambda: outside(small), "claiming": lambda: claiming(small),
        "growing": lambda: growing(small), "slow": lambda: slow(small),
        "wrong-type": lambda: of_wrong_type(small), "wrong-shape": lambda: of_wrong_shape(small),
        "functions": lambda: with_functions(small), "chance": lambda: with_chance(small),
    }
    return {name: one_row(make()) for name, make in makers.items()}, small


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    models, table = strangers()
    save(args.out, table, {("made up", "CC0-1.0"): 1})
    os.remove(os.path.join(args.out, "model.onnx"))
    for name, model in models.items():
        path = os.path.join(args.out, name + ".onnx")
        onnx.save(model, path)
        print(f"{os.path.getsize(path):8} {name}")


if __name__ == "__main__":
    main()
