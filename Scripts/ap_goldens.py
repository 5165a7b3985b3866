#!/usr/bin/env python3
"""Writes random annotations and detections with the figures that COCO's evaluation gives them.

    Scripts/ap_goldens.py > Tests/WatchTests/Fixtures/average-precision.json

Needs pycocotools (pip install pycocotools). AveragePrecisionTests compares with the result. The cases have crowds, objects of
all sizes, equal scores, images without objects, categories without objects, and more detections than count.
"""
import contextlib
import io
import json
import random
import sys

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

FIGURES = ['ap', 'ap50', 'ap75', 'ap_small', 'ap_medium', 'ap_large', 'ar1', 'ar10', 'ar100', 'ar_small', 'ar_medium',
           'ar_large']


def box(chance):
    """Returns a box whose sides are spread over all sizes, with one decimal."""
    width, height = (round(4 * 60 ** chance.random(), 1) for _ in range(2))
    return [round(chance.uniform(0, 400), 1), round(chance.uniform(0, 300), 1), width, height]


def near(chance, original):
    """Returns a box that overlaps another, more or less."""
    amount = chance.choice([0.02, 0.1, 0.3])
    return [round(value + chance.uniform(-amount, amount) * original[2 + index % 2], 1)
            for index, value in enumerate(original)]


def case(seed, images, most):
    """Returns annotations and detections."""
    chance = random.Random(seed)
    truth, found = [], []
    for image in range(1, images + 1):
        objects = [] if image % 7 == 0 else range(chance.randint(0, most))
        for _ in objects:
            category = chance.choice([1, 2, 3, 7])
            shape = box(chance)
            truth.append({'id': len(truth) + 1, 'image_id': image, 'category_id': category, 'bbox': shape,
                          'area': round(shape[2] * shape[3] * chance.choice([1, 0.6]), 2),
                          'iscrowd': int(chance.random() < 0.1)})
            for _ in range(chance.choice([0, 1, 1, 2])):
                found.append({'image_id': image, 'category_id': category if chance.random() < 0.9 else 2,
                              'bbox': near(chance, shape), 'score': round(chance.random(), 1)})
        for _ in range(chance.randint(0, 3)):
            found.append({'image_id': image, 'category_id': chance.choice([1, 2, 3, 9]), 'bbox': box(chance),
                          'score': round(chance.random(), 2)})
    found = [item for item in found if item['bbox'][2] > 0 and item['bbox'][3] > 0]
    return {'images': [{'id': image, 'file_name': f'{image}.png', 'width': 640, 'height': 480}
                       for image in range(1, images + 1)],
            'categories': [{'id': number, 'name': name}
                           for number, name in [(1, 'person'), (2, 'car'), (3, 'dog'), (7, 'cup'), (9, 'ghost')]],
            'annotations': truth}, found


def figures(annotations, found, categories=None):
    """Returns what COCO's evaluation says."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = json.loads(json.dumps(annotations))
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(json.loads(json.dumps(found))), 'bbox')
        if categories:
            evaluation.params.catIds = categories
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return [float(value) for value in evaluation.stats]


def main():
    cases = []
    for seed, images, most in [(1, 12, 6), (2, 20, 3), (3, 1, 40), (4, 8, 12)]:
        annotations, found = case(seed, images, most)
        if seed == 3:
            # More of one category than count.
            chance = random.Random(99)
            found += [{'image_id': 1, 'category_id': 1, 'bbox': box(chance), 'score': round(chance.random(), 3)}
                      for _ in range(120)]
        each = {str(number): figures(annotations, found, [number])[:2] for number in (1, 2, 3, 7)}
        cases.append({'annotations': annotations, 'found': found,
                      'figures': dict(zip(FIGURES, figures(annotations, found))), 'categories': each})
    json.dump(cases, sys.stdout, separators=(',', ':'))
    print()


if __name__ == '__main__':
    main()
