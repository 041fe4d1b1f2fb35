"""Crops that training never learns from: the held-out tenth of the photographs and of the simulated frames."""

import numpy as np

from data import Corpus, centre_square
from facts import KIND, KIND_NAMES
from model import SIDE
from words import KINDS


def held_out_crops(corpus: Corpus, windows: int) -> dict[str, tuple[np.ndarray, list[str], list[str]]]:
    """By source: uint8[n, 128, 128, 3], the name of what each shows, and all names to choose from."""
    found = {}
    if corpus.held.any():
        chosen = np.flatnonzero(corpus.held)
        names = sorted({photo.label for photo in corpus.photos})
        crops = np.stack([centre_square(corpus.small[index], SIDE) for index in chosen])
        found["photographs"] = (crops, [corpus.photos[index].label for index in chosen], names)
    if corpus.frame_held.any():
        random = np.random.default_rng([corpus.seed, 0x51])
        drawn = [corpus.window(True, random, SIDE) for _ in range(windows)]
        kinds = [KIND_NAMES[facts[0, KIND]] for _, facts in drawn]
        names = [KINDS[kind].names[0] for kind in kinds]
        found["windows"] = (np.stack([crop for crop, _ in drawn]), names, sorted(set(names)))
    return found
