#!/usr/bin/env python3
"""Writes small ONNX networks in the styles of several exporters, and onnxruntime's results: Tests/MobileNetTests/Fixtures/ONNX.

    python3 Scripts/onnx_fixtures.py

Needs onnx, onnxruntime and numpy. Each network reads 3 × 16 × 16 numbers, which Tests/MobileNetTests make of its name.
"""
import os

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from seeded import uniform

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "MobileNetTests", "Fixtures", "ONNX")
SIDE = 16


class Network:
    """Builds a graph node by node."""

    def __init__(self, name, opset, producer="", last=False):
        self.name, self.opset, self.producer, self.last = name, opset, producer, last
        self.nodes, self.weights, self.count = [], [], 0
        self.random = np.random.default_rng(len(name) * 1000 + opset)

    def add(self, operation, *inputs, **attributes):
        self.count += 1
        output = f"{operation.lower()}_{self.count}"
        self.nodes.append(helper.make_node(operation, list(inputs), [output], **attributes))
        return output

    def weight(self, *shape, scale=None):
        fan = int(np.prod(shape[1:])) if len(shape) > 1 else 4
        values = self.random.uniform(-1, 1, shape).astype(np.float32) * (scale or (3 / fan) ** 0.5)
        return self.constant(values)

    def constant(self, values, raw=True):
        self.count += 1
        name = f"weight_{self.count}"
        values = np.asarray(values)
        if raw:
            self.weights.append(numpy_helper.from_array(values, name))
        else:  # in the fields for each type, and not as bytes
            kind = TensorProto.FLOAT if values.dtype == np.float32 else TensorProto.INT64
            self.weights.append(helper.make_tensor(name, kind, values.shape, values.ravel().tolist()))
        return name

    def node_constant(self, value, kind=TensorProto.FLOAT):
        array = np.asarray(value)
        return self.add("Constant", value=helper.make_tensor("value", kind, array.shape, array.ravel().tolist()))

    def conv(self, x, inputs, outputs, size=1, bias=True, **attributes):
        group = attributes.get("group", 1)
        args = [x, self.weight(outputs, inputs // group, size, size)]
        if bias:
            args.append(self.weight(outputs, scale=0.3))
        attributes.setdefault("kernel_shape", [size, size])
        if "auto_pad" not in attributes:
            attributes.setdefault("pads", [size // 2] * 4)
        return self.add("Conv", *args, **attributes)

    def normalize(self, x, channels):
        args = [self.constant(self.random.uniform(0.5, 1.5, channels).astype(np.float32)), self.weight(channels, scale=0.3),
                self.weight(channels, scale=0.3), self.constant(self.random.uniform(0.5, 1.5, channels).astype(np.float32))]
        return self.add("BatchNormalization", x, *args, epsilon=1e-3)

    def model(self, output, shape, dynamic=False):
        extents = [1, SIDE, SIDE, 3] if self.last else [1, 3, "h" if dynamic else SIDE, "w" if dynamic else SIDE]
        graph = helper.make_graph(
            self.nodes, self.name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, extents)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)], self.weights)
        model = helper.make_model(graph, producer_name=self.producer, opset_imports=[helper.make_opsetid("", self.opset)])
        model.ir_version = 7
        onnx.checker.check_model(model)
        return model

    def input(self):
        values = uniform(self.name, 3 * SIDE * SIDE).reshape(1, 3, SIDE, SIDE)
        return np.ascontiguousarray(values.transpose(0, 2, 3, 1)) if self.last else values


def pytorch():
    """Folded batch normalization, ReLU6 as Clip with inputs, a residual, a flattened head."""
    n = Network("pytorch", 13, "pytorch")
    relu6 = lambda x: n.add("Clip", x, n.node_constant(0.0), n.node_constant(6.0))
    x = relu6(n.conv("x", 3, 8, 3, strides=[2, 2]))
    y = relu6(n.conv(x, 8, 16))
    y = relu6(n.conv(y, 16, 16, 3, group=16))
    x = n.add("Add", x, n.conv(y, 16, 8))
    x = n.add("Flatten", n.add("GlobalAveragePool", x), axis=1)
    return n, n.add("Gemm", x, n.weight(5, 8), n.weight(5), transB=1), [1, 5]


def paddle():
    """Batch normalization, h-swish as single operators, hard sigmoid of slope 0.2, added biases, values in typed fields."""
    n = Network("paddle", 9, "PaddlePaddle")

    def swish(x):
        y = n.add("Clip", n.add("Add", x, n.node_constant(3.0)), min=0.0, max=6.0)
        return n.add("Div", n.add("Mul", x, y), n.node_constant(6.0))
    x = swish(n.normalize(n.conv("x", 3, 8, 3, bias=False, strides=[2, 1]), 8))
    g = n.add("GlobalAveragePool", x)
    bias = n.add("Reshape", n.constant(np.float32([0.1, -0.2]), raw=False), n.node_constant([1, 2, 1, 1], TensorProto.INT64))
    g = n.add("Relu", n.add("Add", n.conv(g, 8, 2, bias=False), bias))
    g = n.add("HardSigmoid", n.add("Add", n.conv(g, 2, 8, bias=False), n.constant(n.random.uniform(-1, 1, (1, 8, 1, 1)).astype(np.float32))),
              alpha=0.2, beta=0.5)
    x = n.normalize(n.conv(n.add("Mul", x, g), 8, 8, bias=False), 8)
    x = n.add("MaxPool", swish(x), kernel_shape=[2, 2], strides=[2, 2])
    x = n.add("GlobalAveragePool", x)
    s = n.add("Cast", n.add("Slice", n.add("Shape", x), starts=[0], ends=[2], axes=[0]), to=TensorProto.INT64)
    x = n.add("MatMul", n.add("Reshape", x, s), n.weight(8, 4))
    return n, n.add("Softmax", n.add("Add", x, n.weight(4)), axis=1), [1, 4]


def tensorflow():
    """Channels last at both ends, `SAME` padding, h-swish with x divided by six, means as ReduceMean."""
    n = Network("tensorflow", 11, "tf2onnx", last=True)
    x = n.add("Transpose", "x", perm=[0, 3, 1, 2])
    x = n.add("Sub", n.add("Mul", x, n.constant(np.float32(2))), n.constant(np.float32(0.5)))
    x = n.conv(x, 3, 6, 3, auto_pad="SAME_UPPER", strides=[2, 2])
    y = n.add("Clip", n.add("Add", n.constant(np.float32(3)), x), n.constant(np.float32(0)), n.constant(np.float32(6)))
    x = n.add("Mul", n.add("Mul", x, n.constant(np.float32(1 / 6))), y)
    x = n.add("Max", n.conv(x, 6, 6, 3, group=6, auto_pad="SAME_LOWER", strides=[2, 2]), n.constant(np.float32(0)))
    x = n.add("Transpose", x, perm=[0, 2, 3, 1])
    y = n.add("ReduceMean", x, axes=[1, 2], keepdims=1)
    y = n.add("Sigmoid", n.add("Transpose", n.conv(n.add("Transpose", y, perm=[0, 3, 1, 2]), 6, 6), perm=[0, 2, 3, 1]))
    x = n.add("Transpose", n.add("Mul", x, y), perm=[0, 3, 1, 2])
    x = n.add("Transpose", n.conv(x, 6, 4), perm=[0, 2, 3, 1])
    x = n.add("Reshape", x, n.constant(np.int64([-1, 64])))
    return n, n.add("Add", n.add("MatMul", x, n.weight(64, 3)), n.weight(3)), [1, 3]


def shapes():
    """Open input size, a head that computes its shapes, a flattened tensor, squeeze-and-excitation of dense layers."""
    n = Network("shapes", 13)
    x = n.add("Relu", n.conv("x", 3, 4, 5, strides=[2, 2]))
    y = n.add("Squeeze", n.add("GlobalAveragePool", x), n.constant(np.int64([2, 3])))
    y = n.add("Relu", n.add("Gemm", y, n.weight(4, 3), n.weight(3)))
    y = n.add("HardSigmoid", n.add("Gemm", y, n.weight(4, 3), n.weight(4), transB=1), alpha=1 / 6, beta=0.5)
    y = n.add("Unsqueeze", n.add("Unsqueeze", y, n.constant(np.int64([2]))), n.constant(np.int64([-1])))
    x = n.add("Mul", x, y)
    batch = n.add("Gather", n.add("Shape", x), n.constant(np.int64(0)), axis=0)
    shape = n.add("Concat", n.add("Unsqueeze", batch, n.constant(np.int64([0]))), n.constant(np.int64([-1])), axis=0)
    x = n.add("Identity", n.add("Dropout", n.add("Reshape", x, shape)))
    return n, n.add("Gemm", x, n.weight(256, 3, scale=0.1), n.weight(3)), [1, 3]


def swishes():
    """The activations of MobileNetV3 as single operators, and all kinds of slopes."""
    n = Network("swishes", 14)
    x = n.add("HardSwish", n.conv("x", 3, 6, 3))
    h = n.add("HardSigmoid", x, alpha=1 / 6, beta=0.5)
    x = n.add("Mul", h, x)
    x = n.add("Clip", n.conv(x, 6, 6), n.constant(np.float32(-1)), n.constant(np.float32(1)))
    x = n.add("Min", x, n.constant(np.float32(0.75)))
    x = n.add("Mul", x, n.constant(n.random.uniform(0.5, 2, (6, 1, 1)).astype(np.float32)))
    x = n.add("Clip", n.add("Div", x, n.constant(np.float32(0.1))), n.constant(np.float32(0)), n.constant(np.float32(4)))
    x = n.add("Sub", n.constant(np.float32(1)), x)
    x = n.conv(x, 6, 5)
    x = n.add("Mul", x, n.add("Sigmoid", x))
    return n, n.add("Flatten", n.add("GlobalAveragePool", x)), [1, 5]


def pyramid():
    """A small text detector: a feature pyramid, upsampling, transposed convolutions, a map as the output."""
    n = Network("pyramid", 12)
    half = numpy_helper.from_array(np.float16(n.random.uniform(-1, 1, (6, 3, 3, 3))), "half")
    n.weights.append(half)
    x = n.add("Conv", n.add("Pad", "x", n.constant(np.int64([0, 0, 1, 1, 0, 0, 0, 0]))), n.add("Cast", "half", to=1), strides=[2, 2], pads=[0, 0, 1, 1])
    y = n.conv(n.add("Relu", x), 6, 6, 3, strides=[2, 2])
    up = n.add("Resize", y, n.constant(np.float32([])), n.constant(np.float32([1, 1, 2, 2])), mode="nearest",
               coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    x = n.add("Concat", n.add("Add", x, up), n.add("AveragePool", x, kernel_shape=[3, 3], pads=[1, 1, 1, 1]), axis=1)
    x = n.conv(x, 12, 4, 3)
    x = n.add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    x = n.add("ConvTranspose", x, n.weight(4, 3, 2, 2), strides=[2, 2])
    x = n.add("Add", n.add("Relu", x), n.constant(np.float32([[[0.1]], [[0.2]], [[-0.3]]])))
    x = n.add("ConvTranspose", x, n.weight(3, 1, 2, 2), n.weight(1), strides=[2, 2])
    return n, n.add("Sigmoid", x), [1, 1, SIDE, SIDE]


def save(build, dynamic=False):
    network, output, shape = build()
    model = network.model(output, shape, dynamic)
    write(network.name, model, network.input())
    return network, model


def write(name, model, x):
    expected = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": x})[0]
    onnx.save(model, os.path.join(FIXTURES, name + ".onnx"))
    expected.astype("<f4").tofile(os.path.join(FIXTURES, name + ".f32"))
    print(name, expected.shape, os.path.getsize(os.path.join(FIXTURES, name + ".onnx")))


class Calibration(CalibrationDataReader):
    def __init__(self, name):
        self.inputs = iter([{"x": uniform(f"{name} {index}", 3 * SIDE * SIDE).reshape(1, 3, SIDE, SIDE)} for index in range(8)])

    def get_next(self):
        return next(self.inputs, None)


def quantize(network, model, name, **options):
    path = os.path.join(FIXTURES, name + ".onnx")
    plain = path + ".plain"
    onnx.save(model, plain)
    quantize_static(plain, path, Calibration(network.name), quant_format=QuantFormat.QDQ, **options)
    os.remove(plain)
    write(name, onnx.load(path), network.input())


if __name__ == "__main__":
    os.makedirs(FIXTURES, exist_ok=True)
    network, model = save(pytorch)
    quantize(network, model, "pytorch-qdq", per_channel=True, activation_type=QuantType.QInt8, weight_type=QuantType.QInt8)
    quantize(network, model, "pytorch-qdq-uint8", per_channel=False, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
    save(paddle)
    save(tensorflow)
    save(shapes, dynamic=True)
    save(swishes)
    save(pyramid)
