#!/usr/bin/env python3
"""Writes small safetensors files as seeds for Scripts/fuzz.

    python3 Scripts/safetensors_seeds.py FOLDER
"""
import json
import os
import struct
import sys


def write(folder, name, tensors, metadata):
    header, data = {"__metadata__": metadata} if metadata else {}, b""
    for key, (kind, shape, content) in tensors.items():
        header[key] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def reals(*values):
    return struct.pack(f"<{len(values)}f", *values)


def main(folder):
    write(folder, "checkpoint", {
        "features.0.0.weight": ("F32", [1, 3, 1, 1], reals(1, 2, 3)), "classifier.3.bias": ("F16", [2], b"\0\x3c\0\xbc"),
        "features.0.1.num_batches_tracked": ("I64", [], struct.pack("<q", 7))}, {})
    common = {"format": "lookout-1", "name": "a", "labels": "x\ny", "classes": "2", "mean": "1 2 3", "deviation": "4 5 6",
              "activation": "softmax", "background": "false", "colours": "rgb", "source": "", "licence": ""}
    write(folder, "table", {"stem.weight": ("F32", [1], reals(1))}, common | {"architecture": "mobilenet-v1-0.25", "resolution": "32"})
    window = {"height": 1, "width": 1, "verticalStride": 1, "horizontalStride": 1, "padding": {"same": {}}}
    step = {"scale": 0.5, "zeroPoint": 3}
    for name, bytes_ in (("graph", False), ("graph-bytes", True)):
        layers = [
            {"name": "a", "layer": {"convolution": {"outputs": 2, "window": window, "bias": True}}, "inputs": [0]},
            {"name": "b", "layer": {"activation": {"_0": 1}}, "inputs": [1]},
            {"name": "c", "layer": {"globalMean": {}}, "inputs": [2]}]
        graph = {"input": {"channels": 3, "height": 2, "width": 2}, "layers": layers}
        if bytes_:
            graph["quantization"] = step
            for layer in layers:
                layer["quantization"] = step
            tensors = {"a.weight": ("I8", [2, 3, 1, 1], bytes(6)), "a.weight.scale": ("F32", [1], reals(0.1)),
                       "a.weight.zero_point": ("I32", [1], bytes(4)), "a.bias": ("I32", [2], bytes(8)),
                       "a.bias.scale": ("F32", [1], reals(0.1)), "a.bias.zero_point": ("I32", [1], bytes(4))}
        else:
            tensors = {"a.weight": ("F32", [2, 3, 1, 1], reals(*range(6))), "a.bias": ("F32", [2], reals(1, 2))}
        write(folder, name, tensors, common | {"graph": json.dumps(graph)})


if __name__ == "__main__":
    main(sys.argv[1])
