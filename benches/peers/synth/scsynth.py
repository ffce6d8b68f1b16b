"""Synth definitions and scores for scsynth -N, written byte by byte: Debian's server comes without
the language that usually makes them."""

import struct

AUDIO, CONTROL, SCALAR = 2, 1, 0


def _name(text):
    return struct.pack("B", len(text)) + text.encode()


class SynthDef:
    """A graph of unit generators in the file format SCgf 2."""

    def __init__(self, name, params):
        self.name, self.params = name, params
        self.constants, self.ugens = [], []
        if params:
            self.ugen("Control", CONTROL, [], [CONTROL] * len(params))

    def param(self, name):
        return (0, list(self.params).index(name))

    def constant(self, value):
        if value not in self.constants:
            self.constants.append(value)
        return (-1, self.constants.index(value))

    def ugen(self, kind, rate, inputs, outputs=None, special=0):
        """Adds a unit generator; inputs are numbers or what this gave for another."""
        inputs = [i if isinstance(i, tuple) else self.constant(float(i)) for i in inputs]
        outputs = [rate] if outputs is None else outputs
        self.ugens.append((kind, rate, inputs, outputs, special))
        return (len(self.ugens) - 1, 0)

    def add(self, a, b):
        return self.ugen("BinaryOpUGen", AUDIO, [a, b], special=0)

    def mul(self, a, b):
        return self.ugen("BinaryOpUGen", AUDIO, [a, b], special=2)

    def envelope(self, attack, decay, sustain):
        """EnvGen.kr of an attack and an exponential decay to a level that it holds."""
        segments = [1, attack, 1, 0, sustain, decay, 5, -4]
        return self.ugen("EnvGen", CONTROL, [1, 1, 0, 1, 0, 0, 2, -99, -99] + segments)

    def bytes(self):
        out = b"SCgf" + struct.pack(">ih", 2, 1) + _name(self.name)
        out += struct.pack(">i", len(self.constants))
        out += b"".join(struct.pack(">f", c) for c in self.constants)
        out += struct.pack(">i", len(self.params))
        out += b"".join(struct.pack(">f", v) for v in self.params.values())
        out += struct.pack(">i", len(self.params))
        for index, name in enumerate(self.params):
            out += _name(name) + struct.pack(">i", index)
        out += struct.pack(">i", len(self.ugens))
        for kind, rate, inputs, outputs, special in self.ugens:
            out += _name(kind) + struct.pack(">biih", rate, len(inputs), len(outputs), special)
            out += b"".join(struct.pack(">ii", *i) for i in inputs)
            out += b"".join(struct.pack(">b", o) for o in outputs)
        return out + struct.pack(">h", 0)


def message(address, *args):
    """An OSC message of integers, floats, strings and blobs."""

    def padded(data):
        return data + b"\0" * (-len(data) % 4)

    tags, data = ",", b""
    for arg in args:
        if isinstance(arg, bytes):
            tags, data = tags + "b", data + struct.pack(">i", len(arg)) + padded(arg)
        elif isinstance(arg, str):
            tags, data = tags + "s", data + padded(arg.encode() + b"\0")
        elif isinstance(arg, int):
            tags, data = tags + "i", data + struct.pack(">i", arg)
        else:
            tags, data = tags + "f", data + struct.pack(">f", arg)
    return padded(address.encode() + b"\0") + padded(tags.encode() + b"\0") + data


def bundle(seconds, messages):
    """A bundle as the score file has it: its length, a time tag, messages."""
    body = b"#bundle\0" + struct.pack(">Q", int(seconds * 2**32))
    body += b"".join(struct.pack(">i", len(m)) + m for m in messages)
    return struct.pack(">i", len(body)) + body


def subtractive():
    d = SynthDef("voice", {"freq": 440.0, "pan": 0.0})
    saw = d.ugen("Saw", AUDIO, [d.param("freq")])
    pulse = d.ugen("Pulse", AUDIO, [d.param("freq"), 0.5])
    cutoff = d.ugen("MulAdd", CONTROL, [d.envelope(0.01, 0.5, 0.3), 2700, 900])
    low = d.ugen("RLPF", AUDIO, [d.add(saw, pulse), cutoff, 0.5])
    return _panned(d, low)


def sample():
    d = SynthDef("voice", {"rate": 1.0, "pan": 0.0})
    played = d.ugen("PlayBuf", AUDIO, [0, d.param("rate"), 1, 0, 1, 0])
    return _panned(d, played)


def _panned(d, sound):
    level = d.envelope(0.01, 0.3, 0.7)
    pan = d.ugen("Pan2", AUDIO, [d.mul(sound, level), d.param("pan"), 0.003], [AUDIO, AUDIO])
    d.ugen("Out", AUDIO, [0, pan, (pan[0], 1)], [])
    return d


def room():
    d = SynthDef("room", {})
    dry = d.ugen("In", AUDIO, [0], [AUDIO, AUDIO])
    wet = d.ugen("FreeVerb2", AUDIO, [dry, (dry[0], 1), 0.3, 0.6, 0.5], [AUDIO, AUDIO])
    d.ugen("ReplaceOut", AUDIO, [0, wet, (wet[0], 1)], [])
    return d


def score(voice, voices, seconds, recording):
    """All voices from the start to the end, each (freq or rate, pan), and the room behind them."""
    name = "rate" if recording else "freq"
    start = [message("/d_recv", voice.bytes()), message("/d_recv", room().bytes())]
    if recording:
        start.append(message("/b_allocRead", 0, recording, 0, 0))
    start += [message("/g_new", 1, 0, 0), message("/s_new", "room", 2, 1, 0)]
    for i, (pitch, pan) in enumerate(voices):
        args = ["voice", 1000 + i, 0, 1, name, float(pitch), "pan", float(2 * pan - 1)]
        start.append(message("/s_new", *args))
    # One bundle must stay below the server's largest packet.
    bundles = [bundle(0, start[i : i + 8]) for i in range(0, len(start), 8)]
    return b"".join(bundles) + bundle(seconds, [message("/c_set", 0, 0)])
