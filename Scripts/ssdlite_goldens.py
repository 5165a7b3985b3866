#!/usr/bin/env python3
"""Writes what torchvision's ssdlite320_mobilenet_v3_large computes with seeded weights.

    Scripts/ssdlite_goldens.py                writes Tests/MobileNetTests/Goldens/ssdlite320-mobilenet-v3-large.f32
    Scripts/ssdlite_goldens.py --save FILE    also saves the seeded network's state dict

Needs torch and torchvision (pip install). The weights come from the generator of Scripts/goldens.py, computed in float64. The file
has, in float32: the number of rows, then for some rows 4 box offsets and 91 logits; the number of detections, then for each of
them left, top, right and bottom edge in pixels, score and label.
"""
import argparse
import os

import numpy as np
import torch
from torchvision.models.detection import ssdlite320_mobilenet_v3_large

import goldens

# Every so many rows of the heads are kept.
STEP = 29


# Factor of the weights of batch normalization. Without it, values grow from layer to layer, and with them the errors of
# float32: torchvision itself would be wrong by 2e-4 of the largest value.
NORMALIZATION_SCALE = 0.8
# Factor of the last weights of the class heads, without which all scores would be alike.
SCORE_SCALE = 6


def network():
    """Returns the network with seeded weights."""
    net = ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None)
    state = net.state_dict()
    for name in state:
        if not name.endswith('num_batches_tracked'):
            state[name] = torch.from_numpy(goldens.tensor(name, tuple(state[name].shape)))
        if name.endswith('.weight') and state[name].dim() == 1:
            state[name] *= NORMALIZATION_SCALE
        if name.startswith('head.classification_head') and name.endswith('.1.weight') and state[name].dim() == 4:
            state[name] *= SCORE_SCALE
    net.load_state_dict(state)
    return net.eval().double()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument('--save', metavar='FILE', help='save the state dict there')
    arguments = arguments.parse_args()
    net = network()
    if arguments.save:
        torch.save(net.float().state_dict(), arguments.save)
        net = net.double()
    image = torch.from_numpy(goldens.picture('picture', 320)).double()
    with torch.no_grad():
        features = list(net.backbone(image).values())
        head = net.head(features)
        from torchvision.models.detection.image_list import ImageList
        images = ImageList(image, [(320, 320)])
        anchors = net.anchor_generator(images, features)
        found = net.postprocess_detections(head, anchors, images.image_sizes)[0]
    offsets, logits = head['bbox_regression'][0], head['cls_logits'][0]
    rows = list(range(0, offsets.shape[0], STEP))
    scores = found['scores'].numpy()
    print(f'{offsets.shape[0]} rows, offsets to {offsets.abs().max():.2f}, logits to {logits.abs().max():.2f}; '
          f'{len(scores)} detections, scores {scores[0]:.4f} to {scores[-1]:.4f}, least step {np.diff(scores).max():.2e}, '
          f'{len(set(found["labels"].tolist()))} classes')
    values = [np.float32([len(rows)])]
    values += [torch.cat([offsets[row], logits[row]]).numpy().astype('<f4') for row in rows]
    values += [np.float32([len(scores)])]
    for box, score, label in zip(found['boxes'], scores, found['labels']):
        values.append(np.concatenate([box.numpy(), [score, float(label)]]).astype('<f4'))
    path = os.path.join(goldens.GOLDENS, 'ssdlite320-mobilenet-v3-large.f32')
    np.concatenate(values).astype('<f4').tofile(path)
    print(f'{path}: {os.path.getsize(path)} bytes')


if __name__ == '__main__':
    main()
