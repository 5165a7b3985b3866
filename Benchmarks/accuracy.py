#!/usr/bin/env python3
"""Compares the events of six clips with the truth: objects, their times, crossings of lines and times in zones.

    Benchmarks/accuracy.py [--check] [--lookout PATH] [--model NAME] [--fps N] [CLIP ...]

Needs ../shared (detect/truth, media/videos). Every clip is analyzed with default settings, and with the lines and zones of its
truth. Prints a table for each question. With --check, exits with 1 if a promise of docs/performance.md does not hold.
"""
import argparse
import glob
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.path.join(HERE, '..', '..', 'shared')
# Overlap of times from which an event and an object of the truth belong together, as a share of the shorter one.
LEAST_OVERLAP = 0.3
# Anything shorter is no false event.
LONGEST_FALSE_EVENT = 1.0
# Largest difference of start, end and dwell, in seconds.
TIME_TOLERANCE = 1.0
# The times of the truth were made by eye: they may be wrong by this.
TRUTH_TOLERANCE = 0.3
# Clips in which every object must be one event, or none as in the truth.
EXACT = ['one-by-one-person-detection', 'car-detection', 'cockatoo_yuv420', 'realshort']


def zone_option(zone):
    """Returns the text of --zone."""
    points = ','.join(f'{value}' for point in zone['points'] for value in point)
    return f"{zone['name']}={points};anchor={zone.get('anchor', 'bottom')}"


def line_option(line):
    """Returns the text of --line. The truth calls the crossing to the right of its direction `plus`."""
    ends = ','.join(f'{value}' for value in line['from'] + line['to'])
    return f"{line['name']}={ends};to_right={line['plus']};to_left={line['minus']};anchor={line['anchor']}"


def analyze(options, truth, clip):
    """Returns the event records of a clip."""
    command = [options.lookout, 'analyze', '--json', '--model', options.model, '--fps', str(options.fps),
               '--start', '2026-01-01T00:00:00Z']
    for zone in truth['zones']:
        command += ['--zone', zone_option(zone)]
    for line in truth['lines']:
        command += ['--line', line_option(line)]
    done = subprocess.run(command + [clip], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'{" ".join(command)} {clip}: {done.stderr.strip()}')
    return [json.loads(text) for text in done.stdout.splitlines()]


def events(records):
    """Returns label, start and end of each event, in seconds of the clip."""
    found = []
    for record in records:
        if record['type'] == 'end':
            end = record['media']
            found.append({'id': record['id'], 'label': record['label'], 'start': end - record['duration'], 'end': end})
    return found


def overlap(event, item):
    """Returns the common time as a share of the shorter one."""
    common = min(event['end'], item['t_out']) - max(event['start'], item['t_in'])
    shorter = max(0.2, min(event['end'] - event['start'], item['t_out'] - item['t_in']))
    return common / shorter


def match(truth, found):
    """Assigns each event to the object of the truth with which it has most time in common."""
    events_of = {item['id']: [] for item in truth['objects']}
    false = []
    for event in found:
        rivals = [(overlap(event, item), item) for item in truth['objects'] if event['label'] in item['accept']]
        best = max(rivals, key=lambda rival: rival[0], default=(0, None))
        if best[0] >= LEAST_OVERLAP:
            events_of[best[1]['id']].append(event)
        else:
            false.append(event)
    return events_of, false


def crossings(records, truth):
    """Returns expected and counted crossings by line and direction."""
    rows = []
    for line in truth['lines']:
        for direction, expected in line['expected'].items():
            count = sum(record['type'] == 'cross' and record['line'] == line['name'] and record['direction'] == direction
                        for record in records)
            rows.append((line['name'], direction, expected, count))
    return rows


def dwells(records, truth, events_of):
    """Returns true and measured seconds in each zone of each object with exactly one event."""
    rows = []
    for item in truth['objects']:
        own = {event['id'] for event in events_of[item['id']]}
        for visit in item['zones']:
            measured = sum(record['dwell'] for record in records
                           if record['type'] == 'leave' and record['zone'] == visit['zone'] and record['id'] in own)
            rows.append((item['id'], visit['zone'], visit['t_out'] - visit['t_in'], measured))
    return rows


class Report:
    """Prints the tables, and keeps what was missed."""

    def __init__(self):
        self.missed = []
        self.times = []
        self.crossings = {}

    def clip(self, name, truth, records):
        found = events(records)
        events_of, false = match(truth, found)
        single = sum(len(own) == 1 for own in events_of.values())
        reportable = [item for item in truth['objects'] if set(item['accept']) & {'person', 'vehicle', 'bike'}]
        long = [event for event in false if event['end'] - event['start'] > LONGEST_FALSE_EVENT]
        print(f'| {name} | {len(truth["objects"])} | {len(found)} | {single} | '
              f'{sum(len(own) > 1 for own in events_of.values())} | {sum(not own for own in events_of.values())} | '
              f'{len(long)} |')
        if name in EXACT:
            for item in reportable:
                if len(events_of[item['id']]) != 1:
                    self.missed.append(f'{name}: object {item["id"]} has {len(events_of[item["id"]])} events')
        for event in long:
            self.missed.append(f'{name}: false {event["label"]} from {event["start"]:.1f} to {event["end"]:.1f} s')
        for item in truth['objects']:
            own = events_of[item['id']]
            if own:
                self.times.append((name, item['id'], min(event['start'] for event in own) - item['t_in'],
                                   max(event['end'] for event in own) - item['t_out']))
        self.crossings[name] = crossings(records, truth)
        return events_of

    def print_times(self):
        print('\n| clip | object | start, s | end, s |\n|---|---|---|---|')
        for name, number, start, end in self.times:
            print(f'| {name} | {number} | {start:+.2f} | {end:+.2f} |')
        near = sum(max(abs(start), abs(end)) <= TIME_TOLERANCE for _, _, start, end in self.times)
        loose = sum(max(abs(start), abs(end)) <= TIME_TOLERANCE + TRUTH_TOLERANCE for _, _, start, end in self.times)
        print(f'\n{near} of {len(self.times)} within {TIME_TOLERANCE:g} s; '
              f'{loose} with the {TRUTH_TOLERANCE:g} s by which the truth itself may be wrong')
        if near < 0.9 * len(self.times):
            self.missed.append(f'start and end within {TIME_TOLERANCE:g} s: {near} of {len(self.times)}')

    def print_crossings(self):
        print('\n| clip | line | direction | true | counted |\n|---|---|---|---|---|')
        for name, rows in self.crossings.items():
            for line, direction, expected, count in rows:
                print(f'| {name} | {line} | {direction} | {expected} | {count} |')
            if name in EXACT and any(expected != count for _, _, expected, count in rows):
                self.missed.append(f'{name}: crossings')
            hits = sum(min(expected, count) for _, _, expected, count in rows)
            if name == 'person-bicycle-car-detection' and hits < 4:
                self.missed.append(f'{name}: {hits} crossings')

    def print_dwells(self, rows):
        print('\n| clip | object | zone | true, s | measured, s |\n|---|---|---|---|---|')
        for name, number, zone, expected, measured in rows:
            print(f'| {name} | {number} | {zone} | {expected:.2f} | {measured:.2f} |')
            if name == 'one-by-one-person-detection' and abs(expected - measured) > TIME_TOLERANCE:
                self.missed.append(f'{name}: object {number} was {measured:.2f} s in {zone}, not {expected:.2f} s')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--check', action='store_true', help='exit with 1 if a promise does not hold')
    parser.add_argument('--lookout', default=os.path.join(HERE, '..', '.build', 'release', 'lookout'))
    parser.add_argument('--model', default='person-vehicle-bike')
    parser.add_argument('--fps', default=5)
    parser.add_argument('clips', nargs='*', metavar='CLIP', help='name of a clip (default: all)')
    options = parser.parse_args()
    paths = sorted(glob.glob(os.path.join(SHARED, 'detect', 'truth', '*.json')))
    if not paths:
        sys.exit('no truth: ../shared/detect/truth is not there')
    report, visits = Report(), []
    print('| clip | objects | events | one event | several | none | false, over 1 s |\n|---|---|---|---|---|---|---|')
    for path in paths:
        name = os.path.splitext(os.path.basename(path))[0]
        if options.clips and name not in options.clips:
            continue
        with open(path, encoding='utf-8') as file:
            truth = json.load(file)
        records = analyze(options, truth, os.path.join(SHARED, 'media', 'videos', truth['clip']))
        events_of = report.clip(name, truth, records)
        visits += [(name, *row) for row in dwells(records, truth, events_of)]
    report.print_times()
    report.print_crossings()
    report.print_dwells(visits)
    for miss in report.missed:
        print(f'missed: {miss}')
    return 1 if options.check and report.missed else 0


if __name__ == '__main__':
    sys.exit(main())
