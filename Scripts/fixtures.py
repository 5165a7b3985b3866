#!/usr/bin/env python3
"""Writes small checkpoints in PyTorch's formats: Tests/MobileNetTests/Fixtures.

    python3 Scripts/fixtures.py

Needs torch and numpy. What is in them is written down in Tests/MobileNetTests/TorchCheckpointTests.swift.
"""
import collections
import os

import torch
from torch import nn

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "MobileNetTests", "Fixtures")


def tensors():
    base = torch.arange(6, dtype=torch.float32).reshape(2, 3) - 1.5
    state = collections.OrderedDict(
        float32=base,
        transposed=base.t(),                    # the same numbers, in another order
        part=base[1:],                          # some of the same numbers
        parameter=nn.Parameter(torch.tensor([0.25, -0.5])),
        scalar=torch.tensor(3.5),
        empty=torch.zeros(0, 3),
        float64=torch.tensor([1 / 3, 1e300, -1e-300], dtype=torch.float64),
        float16=torch.tensor([1.5, -65504, 6e-8, float("inf")], dtype=torch.float16),
        bfloat16=torch.tensor([1.5, -3e38], dtype=torch.bfloat16),
        int64=torch.tensor([7, -7]),
        int32=torch.tensor([7, -7], dtype=torch.int32),
        int16=torch.tensor([7, -7], dtype=torch.int16),
        int8=torch.tensor([7, -7], dtype=torch.int8),
        uint8=torch.tensor([7, 249], dtype=torch.uint8),
        bool=torch.tensor([True, False]),
    )
    state._metadata = {"": {"version": 1}}      # as nn.Module.state_dict() has it
    return state


def save(name, content, **options):
    torch.save(content, os.path.join(FIXTURES, name), **options)


def main():
    training = {"epoch": 300, "loss": 0.125, "best": None, "done": True, "steps": [1, -70000, 2**40, (2, "x")],
                "state_dict": tensors(), "version": "ünïcode"}
    save("plain.pth", tensors())
    save("plain-legacy.pth", tensors(), _use_new_zipfile_serialization=False)
    save("training.pth", training)
    save("training-legacy.pth", training, _use_new_zipfile_serialization=False)
    save("protocol4.pth", tensors(), pickle_protocol=4)
    save("module.pth", nn.Linear(2, 2))         # a whole module, which only its own code can read


if __name__ == "__main__":
    main()
