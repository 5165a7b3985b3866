#!/usr/bin/env python3
"""Writes the handmade files of Tests/Fuzz/Corpus. Each once crashed the program or was computed wrongly.

    python3 Scripts/hostile_files.py

What libFuzzer finds is put beside them by hand.
"""
import json
import os
import struct

from safetensors_seeds import reals, write

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fuzz", "Corpus")
STEP = {"scale": 0.1, "zeroPoint": 10}
COMMON = {"format": "lookout-1", "name": "a", "mean": "127.5 127.5 127.5", "deviation": "127.5 127.5 127.5",
          "activation": "softmax", "background": "false", "colours": "rgb", "source": "", "licence": ""}


def window(size=1, stride=1, padding="symmetric"):
    return {"height": size, "width": size, "verticalStride": stride, "horizontalStride": stride, "padding": padding}


VALID = {"explicit": {"top": 0, "bottom": 0, "left": 0, "right": 0}}
SYMMETRIC = {"symmetric": {}}


class Model:
    """Builds a model in the engine's own format, layer by layer."""

    def __init__(self, name, height=4, width=4, quantization=STEP):
        self.name, self.quantization, self.layers, self.tensors = name, quantization, [], {}
        self.graph = {"input": {"channels": 3, "height": height, "width": width}, "layers": self.layers}
        if quantization:
            self.graph["quantization"] = quantization

    def add(self, kind, inputs, quantization="same", **shapes):
        """Adds a layer with weights of these shapes."""
        name = f"l{len(self.layers) + 1}"
        layer = {"name": name, "layer": kind, "inputs": inputs}
        step = self.quantization if quantization == "same" else quantization
        if step:
            layer["quantization"] = step
        self.layers.append(layer)
        for suffix, shape in shapes.items():
            self.weight(f"{name}.{suffix}", shape, bool(step), suffix == "bias")
        return len(self.layers)

    def weight(self, name, shape, quantized, is_bias):
        count = 1
        for extent in shape:
            count *= extent
        if not quantized:
            self.tensors[name] = ("F32", shape, reals(*[(i % 7 - 3) / 4 for i in range(count)]))
            return
        content = struct.pack(f"<{count}i", *range(count)) if is_bias else bytes(i * 37 % 256 for i in range(count))
        self.tensors[name] = ("I32" if is_bias else "I8", shape, content)
        self.tensors[name + ".scale"] = ("F32", [1], reals(0.02))
        self.tensors[name + ".zero_point"] = ("I32", [1], bytes(4))

    def convolution(self, outputs, inputs, channels, size=1, stride=1, padding=SYMMETRIC):
        kind = {"convolution": {"outputs": outputs, "window": window(size, stride, padding), "bias": True}}
        return self.add(kind, inputs, weight=[outputs, channels, size, size], bias=[outputs])

    def depthwise(self, inputs, channels, size, stride=1, padding=SYMMETRIC):
        kind = {"depthwise": {"window": window(size, stride, padding), "bias": True}}
        return self.add(kind, inputs, weight=[channels, 1, size, size], bias=[channels])

    def detections(self, inputs, rows, quantization=None, **changes):
        parameters = {"most": 10000, "classesPerBox": 1, "classes": 2, "scoreThreshold": 0, "overlapThreshold": 0.5,
                      "scales": [10, 10, 5, 5], "isPerClass": False, "mostPerClass": 100} | changes
        layer = self.add({"detections": {"_0": parameters}}, inputs, quantization)
        self.tensors[f"l{layer}.anchors"] = ("F32", [rows, 4], reals(*[0.5] * 4 * rows))
        return layer

    def write(self, classes):
        labels = {"labels": "\n".join(f"c{i}" for i in range(classes)), "classes": str(classes)}
        folder = os.path.join(CORPUS, "safetensors")
        write(folder, self.name, self.tensors, COMMON | labels | {"graph": json.dumps(self.graph)})


def boxes():
    for name in ("boxes-that-nothing-reads", "boxes-of-bytes-with-a-reader"):
        model = Model(name)
        stem = model.convolution(12, [0], 3)
        places = model.add({"rows": {"_0": 4}}, [stem])
        scores = model.add({"rows": {"_0": 3}}, [model.convolution(9, [stem], 12)])
        if name == "boxes-that-nothing-reads":
            for _ in range(5):
                model.detections([places, scores], 48)
            model.add({"globalMean": {}}, [stem])
            model.write(12)
        else:
            found = model.detections([places, scores], 48, STEP, most=10)
            model.add({"globalMean": {}}, [found])
            model.write(6)


def steps():
    for name, kind in (("steps-of-1024", "depthwise"), ("steps-of-1024-picture", "picture"), ("steps-of-1024-pixel", "pixel")):
        model = Model(name, 1, 1500)
        stem = model.convolution(16, [0], 3, stride=1024 if kind == "picture" else 1, padding=VALID)
        if kind == "depthwise":
            stem = model.depthwise([stem], 16, 1, 1024, VALID)
        if kind == "pixel":
            stem = model.convolution(16, [stem], 16, 1, 1024, VALID)
        model.add({"globalMean": {}}, [stem])
        model.write(16)


def wrong_numbers():
    model = Model("a-border-beside-a-transposed-convolution", 6, 5, None)
    stem = model.convolution(5, [0], 3)
    double = {"height": 2, "width": 2, "verticalStride": 2, "horizontalStride": 2, "padding": VALID}
    spread = model.add({"transposedConvolution": {"outputs": 5, "window": double, "bias": True}}, [stem],
                       weight=[5, 5, 2, 2], bias=[5])
    large = model.add({"upsample": {"factor": 2}}, [model.depthwise([stem], 5, 3)])
    model.add({"globalMean": {}}, [model.add({"add": {}}, [spread, large])])
    model.write(5)
    model = Model("a-mean-before-a-window")
    mean = model.add({"globalMean": {}}, [model.convolution(40, [0], 3)])
    model.depthwise([mean], 40, 3)
    model.write(40)
    model = Model("the-picture-as-the-output", 1, 1)
    model.add({"dequantize": {}}, [0], None)
    model.write(3)
    model = Model("the-picture-times-factors", quantization=None)
    product = model.add({"multiply": {}}, [0, model.add({"globalMean": {}}, [0])])
    model.add({"globalMean": {}}, [model.convolution(2, [product], 3)])
    model.write(2)


def traps():
    for scale in ("1e-40", "1e38"):
        model = Model("a-scale-of-" + scale, quantization=STEP)
        step = {"scale": float(scale), "zeroPoint": 7}
        mean = model.add({"globalMean": {}}, [model.convolution(2, [0], 3)])
        model.add({"concatenation": {}}, [mean, mean], step)
        model.write(4)
    model = Model("a-picture-too-large-to-count", 2**63 - 1, 2)
    model.add({"globalMean": {}}, [0])
    model.write(3)
    model = Model("a-factor-without-end")
    mean = model.add({"globalMean": {}}, [model.convolution(2, [0], 3)])
    model.add({"normalization": {"epsilon": 1e-38}}, [mean])
    for suffix, value in (("weight", 3e38), ("bias", 0), ("running_mean", 0), ("running_var", 0)):
        model.tensors[f"l{len(model.layers)}.{suffix}"] = ("F32", [2], reals(value, value))
    model.write(2)


# ONNX: fields of protocol buffers.

def varint(number):
    number &= 2**64 - 1
    result = b""
    while number > 127:
        result += bytes([number & 127 | 128])
        number >>= 7
    return result + bytes([number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def attribute(name, value):
    if isinstance(value, list):
        return field(5, field(1, name) + b"".join(field(8, item) for item in value) + field(20, 7))
    return field(5, field(1, name) + field(3, value) + field(20, 2))


def node(kind, inputs, output, *attributes):
    return field(1, b"".join(field(1, name) for name in inputs) + field(2, output) + field(4, kind) + b"".join(attributes))


def tensor(name, kind, shape, raw):
    return field(5, b"".join(field(1, extent) for extent in shape) + field(2, kind) + field(8, name) + field(9, raw))


def onnx(name, *parts):
    dimensions = b"".join(field(1, field(1, extent)) for extent in (1, 3, 4, 4))
    picture = field(1, "x") + field(2, field(1, field(1, 1) + field(2, dimensions)))
    graph = b"".join(parts) + field(11, picture) + field(12, field(1, "y"))
    with open(os.path.join(CORPUS, "onnx", name), "wb") as file:
        file.write(field(1, 7) + field(8, field(2, 13)) + field(7, graph))


def networks():
    onnx("an-axis-beyond-all", node("Softmax", ["x"], "y", attribute("axis", 2**63 - 1)))
    onnx("too-few-pads", tensor("w", 1, [3, 2, 2, 2], reals(*[1] * 24)),
         node("ConvTranspose", ["x", "w"], "y", attribute("pads", [1]), attribute("strides", [2, 2])))
    onnx("a-zero-point-beyond-all", tensor("scale", 1, [], reals(0.5)), tensor("zero", 7, [], struct.pack("<q", 2**63 - 1)),
         node("QuantizeLinear", ["x", "scale", "zero"], "q"), node("DequantizeLinear", ["q", "scale", "zero"], "y"))


if __name__ == "__main__":
    for kind in ("safetensors", "onnx"):
        os.makedirs(os.path.join(CORPUS, kind), exist_ok=True)
    boxes()
    steps()
    wrong_numbers()
    traps()
    networks()
