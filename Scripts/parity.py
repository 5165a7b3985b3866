#!/usr/bin/env python3
"""Writes Benchmarks/PARITY.md: compares every network with its published figures and with PyTorch.

    python3 Scripts/parity.py               the whole table (some minutes)
    python3 Scripts/parity.py --only lite   networks with that in their names, printed only

Builds each network in PyTorch with the seeded weights of Scripts/goldens.py and saves them as publishers save
weights. `lookout bench parity` recognizes and runs them on every instruction set. The logits are compared
with PyTorch's in float64. Needs torch, torchvision, timm and safetensors (pip install), and the program:
`make build`, or --program.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import safetensors.torch
    import timm
    import torch

    import goldens
except ImportError as error:
    sys.exit(f"parity.py: {error}; it needs `pip install torch torchvision timm safetensors`, or make PYTHON=")

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
TOLERANCE = 1e-4
# The column of PyTorch's own float32 results.
PYTORCH = "PyTorch float32"

# ----------------------------------------------------------------- what is published
# Millions of parameters and of multiply-adds: {width: parameters}, {(width, pixels): multiply-adds}.
V1_PARAMETERS = {1.0: 4.2, 0.75: 2.6, 0.5: 1.3, 0.25: 0.5}
V1_MULTIPLY_ADDS = {
    (1.0, 224): "569", (1.0, 192): "418", (1.0, 160): "290", (1.0, 128): "186",
    (0.75, 224): "325", (0.75, 192): "233¹", (0.75, 160): "162¹", (0.75, 128): "104¹",
    (0.5, 224): "149", (0.5, 192): "110¹", (0.5, 160): "77¹", (0.5, 128): "49¹",
    (0.25, 224): "41", (0.25, 192): "34¹", (0.25, 160): "21¹", (0.25, 128): "14¹"}
V2_PARAMETERS = {1.4: "6.1", 1.3: 5.34, 1.0: "3.4–3.5", 0.75: 2.61, 0.5: 1.95, 0.35: 1.66}
V2_MULTIPLY_ADDS = {
    (1.4, 224): 582, (1.3, 224): 509,
    (1.0, 224): 300, (1.0, 192): 221, (1.0, 160): 154, (1.0, 128): 99, (1.0, 96): 56,
    (0.75, 224): 209, (0.75, 192): 153, (0.75, 160): 107, (0.75, 128): 69, (0.75, 96): 39,
    (0.5, 224): 97, (0.5, 192): 71, (0.5, 160): 50, (0.5, 128): 32, (0.5, 96): 18,
    (0.35, 224): 59, (0.35, 192): 43, (0.35, 160): 30, (0.35, 128): 20, (0.35, 96): 11}
V3_PARAMETERS = {
    ("large", 1.0): "5.4–5.5", ("large", 0.75): 4.0, ("small", 1.0): 2.5, ("small", 0.75): 2.0,
    ("large-minimalistic", 1.0): 3.9, ("small-minimalistic", 1.0): 2.0}
V3_MULTIPLY_ADDS = {
    ("large", 1.0): "217–219", ("large", 0.75): 155, ("small", 1.0): "56–57", ("small", 0.75): 44,
    ("large-minimalistic", 1.0): 209, ("small-minimalistic", 1.0): "65²"}
LITE = {0: (224, 4.7, "407³"), 1: (240, 5.4, "631³"), 2: (260, 6.1, "899³"), 3: (280, 8.2, "1440³"), 4: (300, 13.0, "2640³")}

SOURCES = """\
Published figures: V1: Howard et al., *MobileNets* (2017), tables 6 and 7. V2: Sandler et al., *MobileNetV2* (2018),
table 4, and the authors' model page (tensorflow/models, research/slim/nets/mobilenet), which has all figures for
other resolutions. V3: Howard et al., *Searching for MobileNetV3* (2019), tables 3 and 4, torchvision's
documentation, and the same model page for the minimalistic networks. EfficientNet-Lite: its authors' page
(tensorflow/tpu, models/official/efficientnet/lite). A blank means that no figure is known.

1. From the authors' model page (research/slim/nets/mobilenet_v1.md). Its figures for α = 0.75 are about 3 % lower than
   the paper's: 317 M at 224 pixels, where the paper has 325 M. Its 34 M for α = 0.25 at 192 pixels do not agree with its
   own 41 M at 224, because they are more than (192 / 224)² of them.
2. The page has about 10 M more for both of its small networks: 66 M for V3-Small, where the paper has 56 M.
3. Three to six per cent more than convolutions and fully connected layers need. The page does not say what else it counts.
"""


# ----------------------------------------------------------------------- the networks
class Case:
    """A network at a resolution."""

    def __init__(self, name, pixels, make, origin=None, parameters="", multiply_adds="", width=None, container="pth"):
        self.name, self.pixels, self.make, self.origin = name, pixels, make, origin
        self.parameters, self.multiply_adds = parameters, multiply_adds
        self.width, self.container = width, container


def lookout_name(family, width):
    return family if width == 1 else f"{family}-{width}"


def torchvision_model(name, width):
    return getattr(goldens.torchvision_models(), name)(weights=None, width_mult=width)


def published():
    """Yields every architecture at every published width and resolution."""
    for width in (1.0, 0.75, 0.5, 0.25):
        for pixels in (224, 192, 160, 128):
            yield Case(lookout_name("mobilenet-v1", width), pixels, lambda w=width: goldens.MobileNetV1(w),
                       parameters=V1_PARAMETERS[width], multiply_adds=V1_MULTIPLY_ADDS[width, pixels])
    for width in (1.4, 1.3, 1.0, 0.75, 0.5, 0.35):
        for pixels in (224, 192, 160, 128, 96):
            yield Case(lookout_name("mobilenet-v2", width), pixels,
                       lambda w=width: torchvision_model("mobilenet_v2", w),
                       parameters=V2_PARAMETERS[width], multiply_adds=V2_MULTIPLY_ADDS.get((width, pixels), ""))
    for size in ("large", "small"):
        for width in (1.0, 0.75):
            for pixels in (224, 192, 160, 128):
                name = f"tf_mobilenetv3_{size}_{round(100 * width):03}"
                yield Case(lookout_name(f"mobilenet-v3-{size}", width), pixels,
                           lambda n=name: goldens.timm_model(n), "timm-tf", V3_PARAMETERS[size, width],
                           V3_MULTIPLY_ADDS[size, width] if pixels == 224 else "", container="safetensors")
    for size in ("large-minimalistic", "small-minimalistic"):
        for pixels in (224, 192, 160, 128):
            name = f"tf_mobilenetv3_{size.replace('istic', '').replace('-', '_')}_100"
            yield Case(f"mobilenet-v3-{size}", pixels, lambda n=name: goldens.timm_model(n), "timm-tf",
                       V3_PARAMETERS[size, 1.0], V3_MULTIPLY_ADDS[size, 1.0] if pixels == 224 else "",
                       container="safetensors")
    for number, (pixels, parameters, multiply_adds) in LITE.items():
        yield Case(f"efficientnet-lite{number}", pixels,
                   lambda n=number: goldens.timm_model(f"tf_efficientnet_lite{n}"), "timm-tf",
                   parameters, multiply_adds, container="safetensors")


# Further networks: timm's name, ours, pixels.
OTHERS = [("mobilenet_edgetpu_100", "mobilenet-edgetpu", 224),
          ("mobilenetv4_conv_small", "mobilenet-v4-conv-small", 224),
          ("mobilenetv4_conv_medium", "mobilenet-v4-conv-medium", 256),
          ("mobilenetv4_conv_large", "mobilenet-v4-conv-large", 384)]


def named():
    """Yields networks under their publishers' names: (name, case)."""
    for name, width in (("mobilenet_v3_large", 1.0), ("mobilenet_v3_large", 0.75), ("mobilenet_v3_large", 1.25),
                        ("mobilenet_v3_small", 1.0), ("mobilenet_v3_small", 0.5)):
        family = name.replace("mobilenet_v3_", "mobilenet-v3-")
        yield (f"torchvision {name}" + (f", width_mult={width}" if width != 1 else ""),
               Case(lookout_name(family, width), 224, lambda n=name, w=width: torchvision_model(n, w)))
    rows = [("mobilenetv1_100", "mobilenet-v1"), ("mobilenetv1_125", "mobilenet-v1-1.25")]
    rows += [(f"mobilenetv2_{round(100 * w):03}", lookout_name("mobilenet-v2", w)) for w in (0.35, 0.5, 0.75, 1.0, 1.4)]
    rows += [("mobilenetv2_110d", "mobilenet-v2-110d"), ("mobilenetv2_120d", "mobilenet-v2-120d")]
    rows += [("mobilenetv3_large_075", "mobilenet-v3-large-0.75"), ("mobilenetv3_large_100", "mobilenet-v3-large"),
             ("mobilenetv3_small_050", "mobilenet-v3-small-0.5"), ("mobilenetv3_small_075", "mobilenet-v3-small-0.75"),
             ("mobilenetv3_small_100", "mobilenet-v3-small")]
    for name, ours, pixels in [(name, ours, 224) for name, ours in rows] + OTHERS:
        yield f"timm {name}", Case(ours, pixels, lambda n=name: goldens.timm_model(n), container="safetensors")
    for number, (pixels, _, _) in LITE.items():
        name = f"efficientnet_lite{number}"
        yield f"timm {name}", Case(f"efficientnet-lite{number}", pixels, lambda n=name: goldens.timm_model(n),
                                   container="safetensors")


# ------------------------------------------------------------------------- running
def save(net, path):
    state = net.state_dict()
    if path.endswith(".safetensors"):
        safetensors.torch.save_file(state, path)
    else:
        torch.save(state, path)


def run(case, program, folder):
    """Returns the program's description of a network, and the difference of its logits from PyTorch's on each instruction set."""
    net = goldens.seed(case.make())
    checkpoint = os.path.join(folder, "network." + case.container)
    save(net, checkpoint)
    picture = os.path.join(folder, "picture.f32")
    goldens.picture("picture", case.pixels).astype("<f4").tofile(picture)
    command = [program, "bench", "parity", "--resolution", str(case.pixels), "--output", os.path.join(folder, "logits")]
    command += ["--origin", case.origin] if case.origin else []
    answer = json.loads(subprocess.run(command + [checkpoint, picture], check=True, capture_output=True, text=True).stdout)
    if answer["architecture"] != case.name:
        sys.exit(f"parity.py: {case.name} was recognised as {answer['architecture']}")
    with torch.no_grad():
        single = net(torch.from_numpy(goldens.picture("picture", case.pixels))).numpy().ravel()
    expected = goldens.logits(net, "picture", case.pixels)
    largest = np.abs(expected).max()
    differences = {}
    for name, path in answer["logits"][0].items():
        found = np.fromfile(path, "<f4").astype(np.float64)
        differences[name] = np.abs(found - expected).max() / largest
    learned = sum(parameter.numel() for parameter in net.parameters())
    if learned != answer["parameters"]:
        sys.exit(f"parity.py: {case.name} has {answer['parameters']} parameters; PyTorch counts {learned}")
    worst = max(differences.values())
    differences[PYTORCH] = np.abs(single - expected).max() / largest
    print(f"{case.name} at {case.pixels}: within {worst:.1e}", file=sys.stderr)
    return answer, differences


def row(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def table(header, rows):
    return "\n".join([row(header), row("---" for _ in header)] + [row(cells) for cells in rows])


def document(program, folder):
    sets, worst, first, second = None, 0.0, [], []
    for case in published():
        answer, differences = run(case, program, folder)
        sets = sets or list(differences)
        worst = max([worst] + [differences[s] for s in differences if s != PYTORCH])
        first.append([case.name, f"{case.pixels}²", f"{answer['parameters'] / 1e6:.2f}", case.parameters,
                      f"{answer['multiply_adds'] / 1e6:.1f}", case.multiply_adds]
                     + [f"{differences[s]:.1e}" for s in sets])
    for name, case in named():
        answer, differences = run(case, program, folder)
        worst = max([worst] + [differences[s] for s in differences if s != PYTORCH])
        second.append([name, case.name, f"{case.pixels}²", f"{answer['parameters'] / 1e6:.2f}",
                       f"{answer['multiply_adds'] / 1e6:.1f}"] + [f"{differences[s]:.1e}" for s in sets])
    text = f"""# Parity of all networks with their papers and with PyTorch

`make parity` (Scripts/parity.py) writes this file. Lookout counts parameters (M) and multiply-adds (M, of convolutions and fully
connected layers). PyTorch counts the parameters too. If the two counts differ, no table is written. The last columns give
the largest difference between any logit and PyTorch's in float64, as a fraction of the largest logit, for each instruction set of the
machine. At most {TOLERANCE:g} is accepted; the largest difference here is {worst:.1e}. The column beside them gives the
difference of PyTorch's own float32 results. The weights and the input are seeded random
values (Scripts/goldens.py). Each network went through a checkpoint in the publisher's format with the publisher's names, from which
Lookout recognized family, width and classes.

PyTorch {torch.__version__.split('+')[0]}, timm {timm.__version__}. Scripts/goldens.py defines V1. V2 is torchvision's. V3 and
EfficientNet-Lite are timm's `tf_` networks, with TensorFlow's padding.

{table(["Network", "Input", "Parameters", "Published", "Multiply-adds", "Published"] + sets, first)}

{SOURCES}
## Networks under their publishers' names

These networks have the publishers' own padding and ε, not the authors' `same` padding.

{table(["Checkpoint", "Recognized as", "Input", "Parameters", "Multiply-adds"] + sets, second)}
"""
    return text, worst


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", default=os.path.join(TOP, ".build", "release", "lookout"))
    arguments.add_argument("--output", default=os.path.join(TOP, "Benchmarks", "PARITY.md"))
    arguments.add_argument("--only", metavar="TEXT", help="only networks with this in their names; writes nothing")
    arguments = arguments.parse_args()
    torch.set_num_threads(1)  # faster on a machine that has other work to do, and not much slower on one that has none
    with tempfile.TemporaryDirectory() as folder:
        if arguments.only:
            for case in list(published()) + [case for _, case in named()]:
                if arguments.only in case.name:
                    run(case, arguments.program, folder)
            return
        text, worst = document(arguments.program, folder)
    with open(arguments.output, "w") as file:
        file.write(text)
    if worst > TOLERANCE:
        sys.exit(f"parity.py: a network is off by {worst:.1e} of its largest logit")


if __name__ == "__main__":
    main()
