#!/usr/bin/env python3
"""Compares the speed of the engine with ONNX Runtime, OpenVINO and LiteRT: the same networks, float32 and int8.

    Benchmarks/peers.py --images FOLDER [--lookout PATH] [--rounds N] [--svg FILE] [--json FILE]

FOLDER has photos to calibrate the int8 networks of Lookout with. The networks have random weights, which run as fast as real
ones. The script installs the peers with pip, in two environments in ~/.cache/lookout-benchmarks: the converter for LiteRT
does not get along with the other packages. All engines run in turn in each round, so a busy machine slows all of them down.
"""
import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import types
import venv

HERE = os.path.abspath(__file__)
CACHE = os.path.expanduser('~/.cache/lookout-benchmarks')
NETWORKS = {'mobilenet_v3_large': 'MobileNetV3-Large', 'mobilenet_v3_small': 'MobileNetV3-Small',
            'mobilenet_v2': 'MobileNetV2'}
PEERS = ['torch', 'torchvision', 'onnx', 'onnxruntime', 'openvino', 'nncf', 'ai-edge-litert']
CONVERTER = ['torch', 'torchvision', 'litert-torch', 'ai-edge-quantizer']
# Engine, precision and the file that it reads.
ENGINES = [('Lookout', 'float32', '.pth'), ('ONNX Runtime', 'float32', '.onnx'), ('OpenVINO', 'float32', '.onnx'),
           ('LiteRT', 'float32', '.tflite'), ('Lookout', 'int8', '-int8.safetensors'),
           ('ONNX Runtime', 'int8', '-int8.onnx'), ('OpenVINO', 'int8', '-int8.xml'), ('LiteRT', 'int8', '-int8.tflite')]
# Nanoseconds of a turn of an engine.
TURN = 300_000_000


# --- Networks


def torchvision_models():
    """Returns torchvision's models, also where its compiled operators do not load: in an environment in which torchvision
    was built for another torch. These networks need none of them.
    """
    try:
        import torchvision
    except RuntimeError:
        for module in [name for name in sys.modules if name.split('.')[0] == 'torchvision']:
            del sys.modules[module]
        sys.modules['torchvision._meta_registrations'] = types.ModuleType('none')
        import torchvision
    return torchvision.models


def network(name):
    """Returns a network of torchvision. Its statistics fit its random weights, so activations keep their scale."""
    import torch
    torch.manual_seed(1)
    model = getattr(torchvision_models(), name)(weights=None)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
    with torch.no_grad():
        model.train()
        model(samples(16))
    return model.eval()


def samples(count):
    """Returns images of patches with noise, normalized."""
    import torch
    generator = torch.Generator().manual_seed(2)
    patches = torch.randn(count, 3, 7, 7, generator=generator).repeat_interleave(32, 2).repeat_interleave(32, 3)
    return patches + 0.25 * torch.randn(count, 3, 224, 224, generator=generator)


def export(folder):
    """Writes the networks for all engines but LiteRT."""
    import nncf
    import openvino
    import torch
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):
        def __init__(self, images):
            self.images = iter(images)

        def get_next(self):
            image = next(self.images, None)
            return None if image is None else {'input': image.unsqueeze(0).numpy()}

    samples(1)[0].numpy().tofile(f'{folder}/input.f32')
    for name in NETWORKS:
        path = f'{folder}/{name}'
        model = network(name)
        torch.save(model.state_dict(), path + '.pth')
        torch.onnx.export(model, (samples(1),), path + '.onnx', input_names=['input'], opset_version=17, dynamo=False)
        quant_pre_process(path + '.onnx', path + '-prepared.onnx')
        quantize_static(path + '-prepared.onnx', path + '-int8.onnx', Reader(samples(16)),
                        quant_format=QuantFormat.QDQ, per_channel=True, activation_type=QuantType.QUInt8,
                        weight_type=QuantType.QInt8)
        images = nncf.Dataset([image.unsqueeze(0).numpy() for image in samples(16)])
        quantized = nncf.quantize(openvino.Core().read_model(path + '.onnx'), images, subset_size=16)
        openvino.save_model(quantized, path + '-int8.xml')


def convert(folder):
    """Writes the networks for LiteRT."""
    import litert_torch
    from ai_edge_litert.interpreter import Interpreter
    from ai_edge_quantizer import quantizer, recipe
    for name in NETWORKS:
        path = f'{folder}/{name}'
        litert_torch.convert(network(name), (samples(1),)).export(path + '.tflite')
        signatures = Interpreter(model_path=path + '.tflite').get_signature_list()
        key = list(signatures)[0]
        data = {key: [{signatures[key]['inputs'][0]: image.unsqueeze(0).numpy()} for image in samples(16)]}
        work = quantizer.Quantizer(path + '.tflite', recipe.static_wi8_ai8())
        work.quantize(work.calibrate(data)).export_model(path + '-int8.tflite', overwrite=True)


# --- Workers


def runner(engine, path, threads, data):
    """Returns a function that runs a network once."""
    if engine == 'ONNX Runtime':
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])
        feeds = {session.get_inputs()[0].name: data}
        return lambda: session.run(None, feeds)
    if engine == 'OpenVINO':
        import openvino
        core = openvino.Core()
        settings = {'INFERENCE_NUM_THREADS': threads, 'PERFORMANCE_HINT': 'LATENCY', 'INFERENCE_PRECISION_HINT': 'f32'}
        request = core.compile_model(path, 'CPU', settings).create_infer_request()
        request.set_input_tensor(openvino.Tensor(data))
        return request.infer
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(model_path=path, num_threads=threads)
    interpreter.allocate_tensors()
    place = interpreter.get_input_details()[0]
    if place['dtype'] != data.dtype:
        step, zero = place['quantization']
        data = (data / step + zero).round().clip(-128, 127).astype(place['dtype'])
    interpreter.set_tensor(place['index'], data)
    return interpreter.invoke


def work(engine, path, threads, source):
    """Speaks the protocol of `lookout bench worker`."""
    import time

    import numpy
    data = numpy.fromfile(source, numpy.float32).reshape(1, 3, 224, 224)
    run = runner(engine, path, threads, data)
    for _ in range(3):
        run()
    print('READY', flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == 'quit':
            return
        times = []
        for _ in range(int(words[1])):
            start = time.perf_counter_ns()
            run()
            times.append(time.perf_counter_ns() - start)
        print(*times, flush=True)


class Worker:
    """Process of an engine."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        while True:
            line = self.process.stdout.readline()
            if not line:
                sys.exit(f'{" ".join(command)}: ended')
            if line.startswith('READY'):
                break
        self.count = max(TURN // statistics.median(self.run(3)), 1)
        self.times = []

    def run(self, count):
        self.process.stdin.write(f'run {int(count)}\n')
        self.process.stdin.flush()
        return [int(word) for word in self.process.stdout.readline().split()]

    def end(self):
        self.process.stdin.write('quit\n')
        self.process.stdin.flush()
        self.process.wait()


# --- Measurement


def environment(name, packages):
    """Returns the Python of an environment with packages, which is made if it is not there."""
    folder = f'{CACHE}/{name}'
    python = f'{folder}/bin/python'
    if not os.path.exists(f'{folder}/complete'):
        venv.create(folder, with_pip=True)
        subprocess.run([python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', *packages], check=True)
        open(f'{folder}/complete', 'w', encoding='utf-8').close()
    return python


def prepare(options, python):
    """Makes the files of all engines, and returns their folder."""
    folder = f'{CACHE}/networks'
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(f'{folder}/complete'):
        subprocess.run([python, HERE, 'export', folder], check=True)
        converter = options.converter or environment('converter', CONVERTER)
        subprocess.run([converter, HERE, 'convert', folder], check=True)
        open(f'{folder}/complete', 'w', encoding='utf-8').close()
    for name in NETWORKS:
        path = f'{folder}/{name}'
        run = lambda *words: subprocess.run([options.lookout, 'model', *words], check=True, stdout=subprocess.DEVNULL)
        run('import', path + '.pth', '--name', name, '--output', path + '.safetensors')
        run('quantize', path + '.safetensors', '--calibrate', options.images, '--output', path + '-int8.safetensors')
    return folder


def measure(options, python, folder, name, threads):
    """Returns the median time of each engine in milliseconds."""
    workers = {}
    for engine, precision, ending in ENGINES:
        path = f'{folder}/{name}{ending}'
        command = [options.lookout, 'bench', 'worker', '--weights', path, name, str(threads), f'{folder}/input.f32']
        if engine != 'Lookout':
            command = [python, HERE, 'work', engine, path, str(threads), f'{folder}/input.f32']
        workers[engine, precision] = Worker(command)
    for _ in range(options.rounds):
        turns = list(workers.values())
        random.shuffle(turns)
        for worker in turns:
            worker.times += worker.run(worker.count)
    for worker in workers.values():
        worker.end()
    return {key: statistics.median(worker.times) / 1e6 for key, worker in workers.items()}


def machine():
    """Returns the name of the CPU and its most important instruction sets."""
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        lines = dict(line.split(':', 1) for line in file if ':' in line)
    lines = {key.strip(): value.strip() for key, value in lines.items()}
    flags = lines['flags'].split()
    sets = [text for flag, text in [('avx2', 'AVX2'), ('avx512f', 'AVX-512'), ('avx512_vnni', 'VNNI'),
                                    ('avx512_fp16', 'FP16'), ('amx_int8', 'AMX')] if flag in flags]
    return f"{lines['model name']}, {', '.join(sets)}, {os.cpu_count()} cores"


def draw(results, threads, path):
    """Writes bars of the median times as SVG."""
    colours = {'Lookout': '#2563eb', 'ONNX Runtime': '#94a3b8', 'OpenVINO': '#64748b', 'LiteRT': '#cbd5e1'}
    scale = 380 / max(max(times.values()) for times in results.values())
    parts, y = [], 64
    for name, times in results.items():
        for precision in ['float32', 'int8']:
            parts.append(f'<text x="16" y="{y}" class="head">{NETWORKS[name]}, {precision}</text>')
            y += 8
            for (engine, kind), value in sorted(times.items(), key=lambda item: item[1]):
                if kind != precision:
                    continue
                parts.append(f'<text x="128" y="{y + 12}" text-anchor="end">{engine}</text>'
                             f'<rect x="136" y="{y}" width="{value * scale:.1f}" height="15" fill="{colours[engine]}"/>'
                             f'<text x="{142 + value * scale:.1f}" y="{y + 12}">{value:.2f} ms</text>')
                y += 19
            y += 22
    head = (f'<text x="16" y="24" class="title">Time for one image of 224 × 224, {threads} '
            f'thread{"s" if threads > 1 else ""}: less is better</text>'
            f'<text x="16" y="42">{machine()}</text>')
    style = ('text{font:12px system-ui,sans-serif;fill:#1e293b}.head{font-weight:600}.title{font-size:14px;font-weight:600}')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 {y}" width="620" height="{y}">'
                   f'<style>{style}</style><rect width="620" height="{y}" fill="#ffffff"/>{head}\n'
                   + '\n'.join(parts) + '</svg>\n')


def compare(options):
    """Measures all networks, and prints a table."""
    python = options.python or environment('peers', PEERS)
    folder = prepare(options, python)
    results = {}
    print(machine(), f'{options.threads} thread(s), medians in ms', sep='\n', flush=True)
    for name, title in NETWORKS.items():
        results[name] = measure(options, python, folder, name, options.threads)
        for precision in ['float32', 'int8']:
            times = {engine: value for (engine, kind), value in results[name].items() if kind == precision}
            best = min(value for engine, value in times.items() if engine != 'Lookout')
            row = '  '.join(f'{engine} {value:.2f}' for engine, value in times.items())
            print(f'{title:18} {precision:8} {row}  ratio {times["Lookout"] / best:.2f}', flush=True)
    if options.svg:
        draw(results, options.threads, options.svg)
    if options.json:
        rows = [{'network': name, 'engine': engine, 'precision': precision, 'threads': options.threads, 'ms': value}
                for name, times in results.items() for (engine, precision), value in times.items()]
        with open(options.json, 'w', encoding='utf-8') as file:
            json.dump({'machine': machine(), 'results': rows}, file, indent=1)


def main():
    if sys.argv[1:2] == ['export']:
        export(sys.argv[2])
    elif sys.argv[1:2] == ['convert']:
        convert(sys.argv[2])
    elif sys.argv[1:2] == ['work']:
        work(sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5])
    else:
        parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument('--images', required=True, help='folder of photos')
        parser.add_argument('--lookout', default='.build/release/lookout')
        parser.add_argument('--rounds', type=int, default=7)
        parser.add_argument('--threads', type=int, default=1)
        parser.add_argument('--svg', help='file for the bars')
        parser.add_argument('--json', help='file for all values')
        parser.add_argument('--python', help='Python that has the peers (default: an environment of its own)')
        parser.add_argument('--converter', help='Python that has litert-torch (default: an environment of its own)')
        compare(parser.parse_args())


if __name__ == '__main__':
    main()
