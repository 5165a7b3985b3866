#!/usr/bin/env python3
"""Measures how fast a report is shown: the first paint, and the longest frame while its list is scrolled, in headless Chromium.

    Benchmarks/report.py [--events 1000 10000] [--runs 10] PAGE

PAGE is a report with events and images (`lookout report FOLDER -o PAGE`). Its events are repeated until there are as many as asked
for; 2000 of them have images, as in a report. Needs Debian's chromium, and the Python packages playwright and axe-playwright-python: `make
tests` makes .build/browser/bin/python, which has them.
"""
import argparse
import json
import os
import random
import runpy
import statistics
import tempfile

RECORDINGS = 200
MOST_IMAGES = 2000

# The test of the report measures the same way.
PEER = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../Tests/CommandTests/Peers/report-page.py')


def part(page, name):
    """Place of a script element's contents."""
    start = page.index(f'id="{name}">') + len(f'id="{name}">')
    return start, page.index('</script>', start)


def enlarged(page, count):
    """The page with as many events, in many recordings."""
    (start, end), (first, last) = part(page, 'data'), part(page, 'images')
    data, images = json.loads(page[start:end]), json.loads(page[first:last])
    known = [event for event in data['events'] if event['id'] in images['best']]
    if not known:
        raise SystemExit('the report has no event with an image')
    source = random.Random(1)
    begin = data['recordings'][0]['first']
    recordings = [dict(data['recordings'][place % len(data['recordings'])], path=f'camera/{place:04}.mp4',
                       first=begin + place * 10_800_000, length=3000) for place in range(RECORDINGS)]
    events, best, strips = [], {}, {}
    for place in range(count):
        original = known[place % len(known)]
        moment = source.random() * 2900
        event = dict(original, id=f'{place:026}', r=place % RECORDINGS, s=moment, e=moment + source.random() * 60)
        events.append(event)
        if place < MOST_IMAGES:
            best[event['id']] = images['best'][original['id']]
            strips[event['id']] = images['strips'].get(original['id'], '')
    views = {0: next(iter(images['views'].values()))} if images['views'] else {}

    def text(value):
        return json.dumps(value, separators=(',', ':')).replace('<', '\\u003c')
    return (page[:start] + text(dict(data, recordings=recordings, events=events)) + page[end:first]
            + text(dict(images, best=best, strips=strips, views=views)) + page[last:])


def measure(browser, path, peer):
    page = browser.new_page(viewport={'width': 1600, 'height': 1000})
    page.goto('file://' + path)
    page.wait_for_selector('html[data-ready]')
    page.wait_for_timeout(300)
    result = peer['first_paint'](page), peer['longest_frame'](page)
    page.close()
    return result


def main():
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('page')
    parser.add_argument('--events', type=int, nargs='+', default=[1000, 10_000])
    parser.add_argument('--runs', type=int, default=10)
    arguments = parser.parse_args()
    with open(arguments.page, encoding='utf-8') as file:
        original = file.read()
    peer = runpy.run_path(PEER)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path='/usr/bin/chromium', args=['--no-sandbox'])
        for count in arguments.events:
            path = os.path.join(folder, f'{count}.html')
            with open(path, 'w', encoding='utf-8') as file:
                file.write(enlarged(original, count))
            measure(browser, path, peer)  # the browser is open, and has read the file before
            paints, longest = zip(*(measure(browser, path, peer) for _ in range(arguments.runs)))
            print(f'{count} events, {os.path.getsize(path) / 1e6:.1f} MB: first paint {statistics.median(paints):.0f} ms '
                  f'({min(paints):.0f}–{max(paints):.0f}), longest frame {statistics.median(longest):.0f} ms '
                  f'({min(longest):.0f}–{max(longest):.0f})')
        browser.close()


if __name__ == '__main__':
    main()
