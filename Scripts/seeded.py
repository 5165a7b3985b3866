"""Pseudo-random values from a name, as the tests make them."""
import numpy as np


def uniform(name, count):
    """SplitMix64 seeded with FNV-1a, as Tests/MobileNetTests/SeededWeights.swift has it."""
    mask = (1 << 64) - 1
    state = 0xCBF29CE484222325
    for byte in name.encode():
        state = ((state ^ byte) * 0x100000001B3) & mask
    out = np.empty(count, np.float32)
    for index in range(count):
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        z ^= z >> 31
        out[index] = np.float32(z >> 40) * np.float32(2.0 ** -23) - np.float32(1)
    return out
