#!/usr/bin/env python3
"""Times the analysis of a recording, side by side: Lookout, ffmpeg's decoder alone, and a script with PyAV and ONNX Runtime.

    Benchmarks/archive.py --model NAME [--onnx FILE] [--runs 3] RECORDING

NAME is a classifier of Lookout, or a detector. FILE is the same classifier as ONNX, [1, 3, H, W]; with it, the script takes
part, and its labels are compared. It scales as Lookout does, with libswscale's area filter. It needs `pip install av onnxruntime numpy`.

The runs take turns, so that a machine whose speed varies slows down all of them. The figures are medians of wall-clock times.
The last column is the processor time of 10 000 hours of such video, in core-hours.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter

PROGRAM = '.build/release/lookout'


def timed(command):
    """Wall-clock time and processor time."""
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def duration(recording):
    output = subprocess.run(['ffprobe', '-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', recording],
                            check=True, stdout=subprocess.PIPE, text=True).stdout
    return float(output)


def normalization(arguments):
    """Mean and standard deviation of the network's input, of each channel."""
    output = subprocess.run([arguments.program, 'model', 'info', '--json', arguments.model], check=True,
                            stdout=subprocess.PIPE, text=True).stdout
    info = json.loads(output)
    return ','.join(str(value) for value in info['mean'] + info['std'])


def script(recording, onnx, fps, numbers, output):
    """What people write today: decode every frame, take some of them, scale, normalize, run, take the highest score."""
    import av
    import numpy
    import onnxruntime
    from av.video.reformatter import Interpolation as Filter

    session = onnxruntime.InferenceSession(onnx, providers=['CPUExecutionProvider'])
    name, side = session.get_inputs()[0].name, session.get_inputs()[0].shape[-1]
    numbers = numpy.array([float(number) for number in numbers.split(',')], dtype=numpy.float32)
    mean, std = numbers[:3], numbers[3:]
    area = Filter.AREA | Filter.ACCURATE_RND | Filter.FULL_CHR_H_INT | Filter.FULL_CHR_H_INP
    labels, last = [], -1
    with av.open(recording) as container:
        stream = container.streams.video[0]
        stream.thread_type = 'AUTO'
        first = None
        for frame in container.decode(stream):
            first = frame.time if first is None else first
            slot = int((frame.time - first + 0.001) * fps) if fps else last + 1
            if slot <= last:
                continue
            last = slot
            pixels = frame.reformat(side, side, 'rgb24', interpolation=area).to_ndarray().astype(numpy.float32)
            image = ((pixels - mean) / std).transpose(2, 0, 1)[None]
            labels.append((round(frame.time, 3), int(session.run(None, {name: image})[0][0].argmax())))
    with open(output, 'w', encoding='utf-8') as file:
        json.dump(labels, file)


def lookout(arguments, recording, *options):
    return [arguments.program, 'analyze', '--model', arguments.model, *options, recording]


def compare_labels(arguments, folder):
    """Fraction of the samples at 2 a second with the same class in both."""
    samples, output = os.path.join(folder, 'samples'), os.path.join(folder, 'labels')
    timed(lookout(arguments, arguments.recording, '--fps', '2', '--samples', samples, '--events', os.devnull))
    timed([sys.executable, __file__, '--script', output, '--fps', '2', '--onnx', arguments.onnx, '--normalization',
           normalization(arguments), arguments.recording])
    with open(samples, encoding='utf-8') as file:
        ours = {round(line['media'], 3): line['scores'][0]['label'] for line in map(json.loads, file)}
    with open(output, encoding='utf-8') as file:
        theirs = {moment: place for moment, place in json.load(file)}
    common = sorted(set(ours) & set(theirs))
    # The script knows numbers, and Lookout names: each number has the name that it has most often.
    names = {place: Counter(ours[moment] for moment in common if theirs[moment] == place).most_common(1)[0][0]
             for place in {theirs[moment] for moment in common}}
    equal = sum(names[theirs[moment]] == ours[moment] for moment in common)
    print(f'labels: {equal} of {len(common)} frames equal, {len(names)} classes ({len(ours)} and {len(theirs)} samples)')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('recording')
    parser.add_argument('--program', default=PROGRAM)
    parser.add_argument('--model')
    parser.add_argument('--onnx')
    parser.add_argument('--runs', type=int, default=3)
    parser.add_argument('--script', help=argparse.SUPPRESS)
    parser.add_argument('--fps', type=float, default=0, help=argparse.SUPPRESS)
    parser.add_argument('--normalization', help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.script:
        return script(arguments.recording, arguments.onnx, arguments.fps, arguments.normalization, arguments.script)

    recording = arguments.recording
    commands = {
        'ffmpeg, decoding on 2 threads': ['ffmpeg', '-v', 'error', '-threads', '2', '-i', recording, '-f', 'null', '-'],
        'lookout --fps 2': lookout(arguments, recording, '--fps', '2'),
        'lookout --fps 2, on one core': ['taskset', '-c', '0', *lookout(arguments, recording, '--fps', '2', '-j', '1')],
        'lookout --fps 2 --nearest reference': lookout(arguments, recording, '--fps', '2', '--nearest', 'reference'),
        'lookout --fps key': lookout(arguments, recording, '--fps', 'key'),
        'lookout --fps all': lookout(arguments, recording, '--fps', 'all'),
    }
    with tempfile.TemporaryDirectory() as folder:
        if arguments.onnx:
            python = [sys.executable, os.path.abspath(__file__), '--onnx', arguments.onnx, '--script', folder + '/out',
                      '--normalization', normalization(arguments)]
            commands['script, every frame'] = python + [recording]
            commands['script, 2 frames a second'] = python + ['--fps', '2', recording]
            compare_labels(arguments, folder)
        times = {name: [] for name in commands}
        for _ in range(arguments.runs):
            for name, command in commands.items():
                times[name].append(timed(command))
    length = duration(recording)
    base = statistics.median(wall for wall, _ in times['ffmpeg, decoding on 2 threads'])
    print('      wall    ratio to ffmpeg  core-hours for 10 000 hours')
    for name, values in times.items():
        walls = [wall for wall, _ in values]
        median = statistics.median(walls)
        cost = 10_000 * statistics.median(processor for _, processor in values) / length
        print(f'{median:8.2f} s  {median / base:5.2f}  ({min(walls):.2f}–{max(walls):.2f})  {cost:7.0f}  {name}')


if __name__ == '__main__':
    main()
