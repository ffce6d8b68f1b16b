"""Networks of Magenta's published sizes as ONNX graphs; their weights are drawn by chance, since only
the time of a step is measured.

Sizes, from the configurations in github.com/magenta/magenta (Apache-2.0) and the paper of Coconet:
Melody RNN `rnn_layer_sizes=[128, 128]` (melody_rnn_model.py), Drums RNN `[256, 256, 256]`
(drums_rnn_model.py), Performance RNN `[512, 512, 512]` (performance_model.py), MusicVAE's decoders
`dec_rnn_size=[256, 256]` for small two bars and `[2048, 2048, 2048]` for big ones (configs.py), Coconet
64 layers of 128 filters (coconet/README.md). Attention and embeddings are left out, so a real one is
somewhat slower. magenta.js plays checkpoints of these sizes.
"""

import os

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

# name: (what is read, LSTM layers, what is answered)
RECURRENT = {
    "Melody RNN": (38, [128, 128], 38),
    "Drums RNN": (518, [256, 256, 256], 512),
    "Performance RNN": (388, [512, 512, 512], 388),
    "MusicVAE small, 2 bars": (256 + 90, [256, 256], 90),
    "MusicVAE big, 2 bars": (512 + 90, [2048, 2048, 2048], 90),
}


class Graph:
    def __init__(self):
        self.nodes, self.weights, self.draw = [], [], np.random.default_rng(1)

    def weight(self, name, *shape):
        values = self.draw.normal(0, 0.05, shape).astype(np.float32)
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def whole(self, name, *numbers):
        self.weights.append(numpy_helper.from_array(np.array(numbers, np.int64), name))
        return name

    def add(self, kind, inputs, outputs, **settings):
        self.nodes.append(helper.make_node(kind, inputs, outputs, **settings))

    def save(self, path, inputs, outputs):
        info = lambda rows: [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in rows]
        graph = helper.make_graph(self.nodes, "peer", info(inputs), info(outputs), self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 9
        checker.check_model(model)
        save(model, path)


def recurrent(path, width, layers, classes):
    """A stack of LSTMs, one step: `x`, and for each layer `h0` and `c0`, in; probabilities out."""
    graph = Graph()
    inputs, outputs, below = [("x", [1, "rows", width])], [("p", ["rows", classes])], "x"
    for i, size in enumerate(layers):
        graph.add(
            "LSTM",
            [below, graph.weight(f"w{i}", 1, 4 * size, width), graph.weight(f"r{i}", 1, 4 * size, size),
             graph.weight(f"b{i}", 1, 8 * size), "", f"h{i}", f"c{i}"],
            [f"y{i}", f"h{i}_next", f"c{i}_next"], hidden_size=size,
        )
        graph.add("Squeeze", [f"y{i}", graph.whole(f"axis{i}", 1)], [f"s{i}"])
        inputs += [(f"h{i}", [1, "rows", size]), (f"c{i}", [1, "rows", size])]
        outputs += [(f"h{i}_next", [1, "rows", size]), (f"c{i}_next", [1, "rows", size])]
        below, width = f"s{i}", size
    graph.add("Squeeze", [below, graph.whole("first", 0)], ["top"])
    graph.add("MatMul", ["top", graph.weight("out", width, classes)], ["z"])
    graph.add("Softmax", ["z"], ["p"], axis=-1)
    graph.save(path, inputs, outputs)


def coconet(path, layers=64, filters=128, steps=64, pitches=46):
    """One look at four bars of four voices: pianorolls and masks in, a distribution for each cell out."""
    graph = Graph()
    below, width = "x", 8
    for i in range(layers):
        size = 4 if i == layers - 1 else filters
        kernel = graph.weight(f"w{i}", size, width, 3, 3)
        graph.add("Conv", [below, kernel, graph.weight(f"b{i}", size)], [f"z{i}"], pads=[1, 1, 1, 1])
        last = i == layers - 1
        if not last and i % 2 == 0 and i > 1:
            graph.add("Add", [f"z{i}", f"y{i - 2}"], [f"s{i}"])
        source = f"s{i}" if not last and i % 2 == 0 and i > 1 else f"z{i}"
        graph.add("Identity" if last else "Relu", [source], [f"y{i}"])
        below, width = f"y{i}", size
    graph.add("Softmax", [below], ["p"], axis=-1)
    graph.save(path, [("x", ["rows", 8, steps, pitches])], [("p", ["rows", 4, steps, pitches])])


def make(folder):
    os.makedirs(folder, exist_ok=True)
    for name, sizes in RECURRENT.items():
        recurrent(os.path.join(folder, name + ".onnx"), *sizes)
    coconet(os.path.join(folder, "Coconet.onnx"))
