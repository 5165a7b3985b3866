#!/usr/bin/env python3
"""Writes small TensorFlow Lite networks and the results of the reference kernels: Tests/MobileNetTests/Fixtures/Lite.

    python3 Scripts/lite_fixtures.py

Needs flatbuffers, tflite, ai_edge_litert and numpy. Each network reads 16 × 16 × 3 numbers or bytes, which
Tests/MobileNetTests make of its name.
"""
import io
import os
import zipfile

import flatbuffers
import numpy as np
import tflite
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from flatbuffers import flexbuffers

from seeded import uniform

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "MobileNetTests", "Fixtures", "Lite")
SIDE = 16
TYPES = {"float32": 0, "float16": 1, "int32": 2, "uint8": 3, "int64": 4, "int8": 9}
SAME, VALID = 0, 1
NONE, RELU, RELU_N1, RELU6 = 0, 1, 2, 3


class Network:
    """Builds a graph operator by operator, and writes it as FlatBuffers."""

    def __init__(self, name):
        self.name = name
        self.tensors, self.operators = [], []
        self.random = np.random.default_rng(len(name) * 77)

    def tensor(self, shape, kind="float32", data=None, scales=None, points=None, axis=0):
        self.tensors.append(dict(shape=list(shape), kind=kind, data=data, scales=scales, points=points, axis=axis))
        return len(self.tensors) - 1

    def constant(self, values, **quantization):
        values = np.asarray(values)
        return self.tensor(values.shape, str(values.dtype), values.tobytes(), **quantization)

    def add(self, operator, inputs, shape, kind="float32", scales=None, points=None, options=(0, {}), custom=None):
        output = self.tensor(shape, kind, None, scales, points)
        self.operators.append((operator, list(inputs), [output], options, custom))
        return output

    def weight(self, *shape, scale=None):
        fan = int(np.prod(shape[1:])) if len(shape) > 1 else 4
        return self.random.uniform(-1, 1, shape).astype(np.float32) * (scale or (3 / fan) ** 0.5)

    # MARK: FlatBuffers

    def build(self, inputs, outputs):
        b = flatbuffers.Builder(4096)
        kinds = []
        for operator, *_ in self.operators:
            if operator not in kinds:
                kinds.append(operator)
        buffers, tensors = [self.table(b, {})], []
        for tensor in self.tensors:
            data = tensor["data"]
            number = 0
            if data is not None:
                number = len(buffers)
                buffers.append(self.table(b, {0: ("offset", b.CreateByteVector(data))}))
            fields = {0: ("offset", self.numbers(b, tensor["shape"], "Int32")), 1: ("Int8", TYPES[tensor["kind"]]), 2: ("Uint32", number),
                      3: ("offset", b.CreateString(f"{self.name}/tensor_{len(tensors)}"))}
            if tensor["scales"] is not None:
                quantization = {2: ("offset", self.numbers(b, tensor["scales"], "Float32")), 3: ("offset", self.numbers(b, tensor["points"], "Int64")),
                                6: ("Int32", tensor["axis"])}
                fields[4] = ("offset", self.table(b, quantization))
            tensors.append(self.table(b, fields))
        operators = []
        for operator, ins, outs, (kind, options), custom in self.operators:
            fields = {0: ("Uint32", kinds.index(operator)), 1: ("offset", self.numbers(b, ins, "Int32")), 2: ("offset", self.numbers(b, outs, "Int32"))}
            if kind:
                fields[3], fields[4] = ("Uint8", kind), ("offset", self.table(b, options))
            if custom:
                fields[5] = ("offset", b.CreateByteVector(custom))
            operators.append(self.table(b, fields))
        codes = []
        for operator in kinds:
            builtin = operator if isinstance(operator, int) else 32
            fields = {0: ("Int8", min(builtin, 127)), 2: ("Int32", 1), 3: ("Int32", builtin)}
            if isinstance(operator, str):
                fields[1] = ("offset", b.CreateString(operator))
            codes.append(self.table(b, fields))
        subgraph = self.table(b, {0: ("offset", self.tables(b, tensors)), 1: ("offset", self.numbers(b, inputs, "Int32")),
                                  2: ("offset", self.numbers(b, outputs, "Int32")), 3: ("offset", self.tables(b, operators))})
        model = self.table(b, {0: ("Uint32", 3), 1: ("offset", self.tables(b, codes)), 2: ("offset", self.tables(b, [subgraph])),
                               4: ("offset", self.tables(b, buffers))})
        b.Finish(model, file_identifier=b"TFL3")
        return bytes(b.Output())

    @staticmethod
    def table(b, fields):
        b.StartObject(max(fields, default=-1) + 1)
        for field, (kind, value) in fields.items():
            if kind == "offset":
                b.PrependUOffsetTRelativeSlot(field, value, 0)
            else:
                getattr(b, f"Prepend{kind}Slot")(field, value, 99)  # written even if it is the default
        return b.EndObject()

    @staticmethod
    def numbers(b, values, kind):
        size = {"Int32": 4, "Int64": 8, "Float32": 4}[kind]
        b.StartVector(size, len(values), size)
        for value in reversed(values):
            getattr(b, f"Prepend{kind}")(value)
        return b.EndVector()

    @staticmethod
    def tables(b, offsets):
        b.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            b.PrependUOffsetTRelative(offset)
        return b.EndVector()


def conv(stride=1, padding=SAME, activation=NONE):
    return 1, {0: ("Int8", padding), 1: ("Int32", stride), 2: ("Int32", stride), 3: ("Int8", activation), 4: ("Int32", 1), 5: ("Int32", 1)}


def depthwise(stride=1, padding=SAME, activation=NONE):
    return 2, {0: ("Int8", padding), 1: ("Int32", stride), 2: ("Int32", stride), 3: ("Int32", 1), 4: ("Int8", activation), 5: ("Int32", 1), 6: ("Int32", 1)}


def pool(size, stride, padding=VALID):
    return 5, {0: ("Int8", padding), 1: ("Int32", stride), 2: ("Int32", stride), 3: ("Int32", size), 4: ("Int32", size), 5: ("Int8", NONE)}


ADD, AVERAGE, CONCATENATION, CONV, DEPTHWISE, DEQUANTIZE, DENSE, LOGISTIC, MAXIMUM, MUL = 0, 1, 2, 3, 4, 6, 9, 14, 17, 18
RELU_OP, RELU_N1_OP, RELU6_OP, RESHAPE, SOFTMAX, PAD, MEAN, SUB, SQUEEZE, RESIZE, QUANTIZE, HARD_SWISH = 19, 20, 21, 22, 25, 34, 40, 41, 43, 97, 114, 117


def keras():
    """float16 weights, explicit padding, h-swish and squeeze-and-excitation as single operators, a mean, a head."""
    n = Network("keras")
    x = n.tensor([1, SIDE, SIDE, 3])
    start = x

    def half(values):
        return n.add(DEQUANTIZE, [n.constant(values.astype(np.float16))], values.shape)

    def swish(x, shape):
        y = n.add(ADD, [x, n.constant(np.float32(3))], shape, options=(11, {0: ("Int8", RELU6)}))
        return n.add(MUL, [x, n.add(MUL, [y, n.constant(np.float32(1 / 6))], shape)], shape)
    padded = n.add(PAD, [x, n.constant(np.int32([[0, 0], [0, 1], [0, 1], [0, 0]]))], [1, 17, 17, 3])
    x = n.add(CONV, [padded, half(n.weight(8, 3, 3, 3)), half(n.weight(8, scale=0.3))], [1, 8, 8, 8], options=conv(2, VALID))
    x = swish(x, [1, 8, 8, 8])
    x = n.add(DEPTHWISE, [x, half(n.weight(1, 5, 5, 8, scale=0.3)), half(n.weight(8))], [1, 4, 4, 8], options=depthwise(2, SAME, RELU))
    g = n.add(MEAN, [x, n.constant(np.int32([1, 2]))], [1, 1, 1, 8], options=(27, {0: ("Uint8", 1)}))
    g = n.add(CONV, [g, n.constant(n.weight(4, 1, 1, 8)), n.constant(n.weight(4))], [1, 1, 1, 4], options=conv(1, SAME, RELU))
    g = n.add(CONV, [g, n.constant(n.weight(8, 1, 1, 4)), n.constant(n.weight(8))], [1, 1, 1, 8], options=conv())
    g = n.add(ADD, [g, n.constant(np.float32(3))], [1, 1, 1, 8])
    g = n.add(MUL, [n.add(RELU6_OP, [g], [1, 1, 1, 8]), n.constant(np.float32(1 / 6))], [1, 1, 1, 8])
    x = n.add(MUL, [x, g], [1, 4, 4, 8])
    x = n.add(RELU_N1_OP, [x], [1, 4, 4, 8])
    x = n.add(AVERAGE, [x], [1, 1, 1, 8], options=pool(4, 1))
    x = n.add(SQUEEZE, [x], [1, 8], options=(30, {}))
    x = n.add(DENSE, [x, n.constant(n.weight(3, 8)), -1], [1, 3], options=(8, {0: ("Int8", NONE)}))
    return n, start, n.add(SOFTMAX, [x], [1, 3], options=(9, {0: ("Float32", 1.0)}))


def planes():
    """Pooling with edges, concatenation, upsampling, a flattened tensor, a sigmoid at the end."""
    n = Network("planes")
    x = start = n.tensor([1, SIDE, SIDE, 3])
    x = n.add(SUB, [n.add(MUL, [x, n.constant(np.float32([0.5, 2, 1]))], [1, SIDE, SIDE, 3]), n.constant(np.float32(0.25))], [1, SIDE, SIDE, 3])
    x = n.add(CONV, [x, n.constant(n.weight(5, 3, 5, 3)), n.constant(n.weight(5))], [1, 8, 8, 5], options=conv(2, SAME, RELU6))
    y = n.add(MAXIMUM, [x], [1, 4, 4, 5], options=pool(3, 2, SAME))
    y = n.add(RESIZE, [y, n.constant(np.int32([8, 8]))], [1, 8, 8, 5], options=(74, {}))
    z = n.add(AVERAGE, [x], [1, 8, 8, 5], options=pool(3, 1, SAME))
    x = n.add(CONCATENATION, [x, y, z], [1, 8, 8, 15], options=(10, {0: ("Int32", 3), 1: ("Int8", NONE)}))
    x = n.add(HARD_SWISH, [x], [1, 8, 8, 15])
    x = n.add(CONV, [x, n.constant(n.weight(4, 1, 1, 15)), n.constant(n.weight(4))], [1, 4, 4, 4], options=conv(2))
    x = n.add(RESHAPE, [x, n.constant(np.int32([1, 64]))], [1, 64], options=(17, {}))
    x = n.add(DENSE, [x, n.constant(n.weight(3, 64)), n.constant(n.weight(3))], [1, 3], options=(8, {0: ("Int8", NONE)}))
    return n, start, n.add(LOGISTIC, [x], [1, 3])


def signed():
    """Quantized inside, float32 at both ends; one scale for each channel; a sum, squeeze-and-excitation, a residual."""
    n = Network("signed")
    start = n.tensor([1, SIDE, SIDE, 3])

    def quantized(operator, inputs, shape, scale, point, options=(0, {})):
        return n.add(operator, inputs, shape, "int8", [scale], [point], options)

    def layer(operator, x, scale_in, shape, output, scale, point, options, axis=0):
        values = n.weight(*shape)
        others = tuple(i for i in range(4) if i != axis)
        scales = np.abs(values).max(others) / 127
        view = scales.reshape([-1 if i == axis else 1 for i in range(4)])
        weight = n.constant(np.round(values / view).astype(np.int8), scales=scales.tolist(), points=[0] * len(scales), axis=axis)
        bias_scales = (scales * scale_in)
        bias = n.constant(np.round(n.weight(len(scales), scale=0.3) / bias_scales).astype(np.int32), scales=bias_scales.tolist(), points=[0] * len(scales))
        return quantized(operator, [x, weight, bias], output, scale, point, options)
    x = quantized(QUANTIZE, [start], [1, SIDE, SIDE, 3], 1 / 127, 0)
    x = layer(CONV, x, 1 / 127, (8, 3, 3, 3), [1, 8, 8, 8], 0.0235, -128, conv(2, SAME, RELU6))
    y = layer(DEPTHWISE, x, 0.0235, (1, 3, 3, 8), [1, 8, 8, 8], 0.04, 10, depthwise(), axis=3)
    y = layer(CONV, y, 0.04, (8, 1, 1, 8), [1, 8, 8, 8], 0.03, -5, conv())
    x = quantized(ADD, [x, y], [1, 8, 8, 8], 0.05, -20, (11, {0: ("Int8", NONE)}))
    g = quantized(MEAN, [x, n.constant(np.int32([1, 2]))], [1, 1, 1, 8], 0.03, -30, (27, {0: ("Uint8", 1)}))
    g = layer(CONV, g, 0.03, (8, 1, 1, 8), [1, 1, 1, 8], 0.04, 0, conv())
    three = n.constant(np.int8(127), scales=[3 / 255], points=[-128])
    sixth = n.constant(np.int8(127), scales=[1 / 6 / 255], points=[-128])
    g = quantized(ADD, [g, three], [1, 1, 1, 8], 6 / 255, -128, (11, {0: ("Int8", RELU6)}))
    g = quantized(MUL, [g, sixth], [1, 1, 1, 8], 1 / 255, -128, (21, {0: ("Int8", NONE)}))
    x = quantized(MUL, [x, g], [1, 8, 8, 8], 0.04, -20, (21, {0: ("Int8", NONE)}))
    x = quantized(HARD_SWISH, [x], [1, 8, 8, 8], 0.03, -110)
    x = quantized(AVERAGE, [x], [1, 1, 1, 8], 0.03, -110, pool(8, 1))
    x = layer(CONV, x, 0.03, (5, 1, 1, 8), [1, 1, 1, 5], 0.03, -10, conv())
    x = quantized(RESHAPE, [x, n.constant(np.int32([1, 5]))], [1, 5], 0.03, -10, (17, {}))
    x = quantized(SOFTMAX, [x], [1, 5], 1 / 256, -128, (9, {0: ("Float32", 1.0)}))
    return n, start, n.add(DEQUANTIZE, [x], [1, 5])


def boxes(name="boxes", regular=False, raw=False):
    """A small quantized detector: two tensors of bounding boxes and scores, and the operator for non-maximum suppression: the
    fast one, or the regular one for each class; or no such operator."""
    n = Network(name)
    n.random = np.random.default_rng(len("boxes") * 77)
    start = n.tensor([1, SIDE, SIDE, 3], "uint8", None, [1 / 128], [128])

    def layer(x, scale_in, shape, output, scale, point, stride=1):
        values = n.weight(*shape)
        step = float(np.abs(values).max()) / 120
        weight = n.constant((np.round(values / step) + 130).clip(0, 255).astype(np.uint8), scales=[step], points=[130])
        bias = n.constant(np.round(n.weight(shape[0], scale=0.3) / (step * scale_in)).astype(np.int32), scales=[step * scale_in], points=[0])
        return n.add(CONV, [x, weight, bias], output, "uint8", [scale], [point], conv(stride))

    def moved(operator, inputs, shape, scale, point, options):
        return n.add(operator, inputs, shape, "uint8", [scale], [point], options)
    x = layer(start, 1 / 128, (6, 3, 3, 3), [1, 4, 4, 6], 0.02, 120, 4)
    y = layer(x, 0.02, (6, 3, 3, 6), [1, 2, 2, 6], 0.03, 110, 2)
    tables = []
    for columns, scale in ((4, 0.04), (3, 0.05)):
        rows = []
        for plane, scale_in, side in ((x, 0.02, 4), (y, 0.03, 2)):
            z = layer(plane, scale_in, (2 * columns, 1, 1, 6), [1, side, side, 2 * columns], scale, 128)
            rows.append(moved(RESHAPE, [z, n.constant(np.int32([1, 2 * side * side, columns]))], [1, 2 * side * side, columns], scale, 128, (17, {})))
        tables.append(moved(CONCATENATION, rows, [1, 40, columns], 0.06, 128, (10, {0: ("Int32", 1), 1: ("Int8", NONE)})))
    scores = moved(LOGISTIC, [tables[1]], [1, 40, 3], 1 / 256, 0, (0, {}))
    anchors = n.random.uniform(0.1, 0.9, (40, 4)).astype(np.float32)
    if raw:
        # Edges of the anchors, which are centre y, centre x, height and width.
        y, x, h, w = ((anchors * 200).astype(np.uint8) / 200).T
        edges = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], 1)
        edges.astype("<f4").tofile(os.path.join(FIXTURES, name + ".anchors.f32"))
        return n, start, [tables[0], scores]
    options = flexbuffers.Dumps({
        "max_detections": 10, "max_classes_per_detection": 1, "detections_per_class": 10 if regular else 100,
        "use_regular_nms": regular,
        "nms_score_threshold": 0.3, "nms_iou_threshold": 0.5, "num_classes": 2,
        "y_scale": 10.0, "x_scale": 10.0, "h_scale": 5.0, "w_scale": 5.0})
    anchor = n.constant((anchors * 200).astype(np.uint8), scales=[1 / 200], points=[0])
    outputs = [n.tensor([1, 10, 4]), n.tensor([1, 10]), n.tensor([1, 10]), n.tensor([1])]
    n.operators.append(("TFLite_Detection_PostProcess", [tables[0], scores, anchor], outputs, (0, {}), bytes(options)))
    return n, start, outputs


def attached(model, text):
    """Labels in an archive behind the network, as in the Task Library."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("labels.txt"), text)
    content = bytearray(stream.getvalue())
    # Offsets in the archive count from the start of the whole file.
    end = content.rindex(b"PK\x05\x06")
    directory = int.from_bytes(content[end + 16:end + 20], "little")
    content[directory + 42:directory + 46] = len(model).to_bytes(4, "little")
    content[end + 16:end + 20] = (directory + len(model)).to_bytes(4, "little")
    return model + bytes(content)


def save(build, labels=None):
    n, start, end = build()
    ends = end if isinstance(end, list) else [end]
    model = n.build([start], ends)
    interpreter = Interpreter(model_content=model, experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    details = interpreter.get_input_details()[0]
    values = uniform(n.name.split("-")[0], 3 * SIDE * SIDE).reshape(1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)
    if details["dtype"] == np.uint8:
        values = ((values + 1) * 127.5).astype(np.uint8)
    interpreter.set_tensor(details["index"], np.ascontiguousarray(values))
    interpreter.invoke()
    outputs = [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
    expected = outputs[0]
    if len(outputs) == 4:
        count = int(outputs[3][0])
        expected = np.concatenate([outputs[0][0], outputs[1][0][:, None], outputs[2][0][:, None]], 1)
        expected[count:] = 0
    if labels:
        model = attached(model, labels)
    with open(os.path.join(FIXTURES, n.name + ".tflite"), "wb") as file:
        file.write(model)
    # Without the operator, a network finds what the one with it finds.
    if len(outputs) != 2:
        expected.astype("<f4").tofile(os.path.join(FIXTURES, n.name + ".f32"))
    print(n.name, expected.shape, len(model), expected.ravel()[:12])


if __name__ == "__main__":
    os.makedirs(FIXTURES, exist_ok=True)
    save(keras, "stone\npaper\nscissors\n")
    save(planes)
    save(signed)
    save(boxes)
    save(lambda: boxes("boxes-regular", regular=True))
    save(lambda: boxes("boxes-raw", raw=True))
