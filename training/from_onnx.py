"""Weights of a model's folder (model.onnx, model.toml), back in the network that they came from.

An export renames, turns and reorders weights. Where each one went is found by exporting the same
network with weights drawn by chance, no two alike: each is looked for in that file, as it is,
transposed, or with the gates of an LSTM in ONNX's order. The same places of the model's own file
then hold its weights.
"""

import copy
import io
import os
import tomllib

import onnx
import torch
from onnx import numpy_helper

from network import example

GATES = (0, 3, 1, 2)  # ONNX has input, output, forget, cell; PyTorch input, forget, cell, output


def card_of(folder):
    with open(os.path.join(folder, "model.toml"), "rb") as file:
        return tomllib.load(file)


def arrays(model):
    """Initialisers by the names that they had before they were stored in 16 bits."""
    return {
        w.name.removesuffix("_half"): torch.from_numpy(numpy_helper.to_array(w).copy()).float()
        for w in model.graph.initializer
    }


def exported(model, step, heads):
    """A copy of a model, exported: a step with its state, or (chorale) whole windows."""
    inputs, states = ["columns", "reals", "h", "c"], ["h_next", "c_next"]
    one = step(copy.deepcopy(model).eval())
    if hasattr(one, "inputs"):
        given, inputs, states = one.inputs(), inputs[:2], []
    else:
        given = example(model)
    axes = {name: {0: "batch"} for name in ("columns", "reals", *heads)}
    axes |= {name: {1: "batch"} for name in (*inputs[2:], *states)}
    file = io.BytesIO()
    torch.onnx.export(
        one, given, file, dynamo=False, opset_version=17, dynamic_axes=axes, input_names=inputs,
        output_names=[*heads, *states],
    )
    return onnx.load_from_string(file.getvalue())


def reordered(weight, gates):
    """The four blocks of an LSTM's weight in another order."""
    blocks = weight.chunk(4)
    return torch.cat([blocks[i] for i in gates])


def back(weight):
    return reordered(weight, [GATES.index(i) for i in range(4)])


def places(model, found):
    """(parameter, initialiser, how it comes back) for all parameters that are found."""
    biases = {}
    for name, value in model.named_parameters():
        value = value.detach()
        looks = {"as it is": value, "in a row": value[None]}
        if value.dim() == 2:
            looks["transposed"] = value.T
        if ".weight_ih" in name or ".weight_hh" in name:
            looks = {"gates": reordered(value, GATES)[None]}
        if "bias_ih" in name or "bias_hh" in name:
            biases[name] = value
            continue
        for how, look in looks.items():
            for other, array in found.items():
                if array.shape == look.shape and torch.equal(array, look):
                    yield name, other, how
    for name, value in biases.items():
        if "bias_ih" in name:
            both = [value, biases[name.replace("bias_ih", "bias_hh")]]
            look = torch.cat([reordered(b, GATES) for b in both])[None]
            for other, array in found.items():
                if array.shape == look.shape and torch.equal(array, look):
                    yield name, other, "first bias"
                    yield name.replace("bias_ih", "bias_hh"), other, "second bias"


WAYS = {
    "as it is": lambda w: w,
    "in a row": lambda w: w[0],
    "transposed": lambda w: w.T,
    "gates": lambda w: back(w[0]),
    "first bias": lambda w: back(w[0].chunk(2)[0]),
    "second bias": lambda w: back(w[0].chunk(2)[1]),
}


def load(folder, model, step):
    """Puts the weights of a model's folder into `model`, whose exported form `step` makes.

    Raises ValueError when the folder's network is not of this shape.
    """
    card = card_of(folder)
    heads = [head["name"] for head in card["network"]["heads"]]
    own = arrays(onnx.load(os.path.join(folder, card["file"])))
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_()
    probe = arrays(exported(model, step, heads))
    weights = {}
    for name, place, how in places(model, probe):
        if place not in own or own[place].shape != probe[place].shape:
            raise ValueError(f"{folder} holds a network of another shape ({name})")
        weights[name] = WAYS[how](own[place])
    missing = [name for name, _ in model.named_parameters() if name not in weights]
    if missing:
        raise ValueError(f"the weights {', '.join(missing)} were not found in {folder}")
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.copy_(weights[name])
