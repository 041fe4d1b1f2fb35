"""Two photographs in one crop, and what the teacher makes of it: far more views to imitate than there are photographs."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from soft_labels import Probes
from teacher import Teacher

MIXES = 48_000
# As large as the largest side that is trained at.
STORED_SIDE = 128
TEACHER_SIDE = 224
# Shares of a photograph's area that a mix takes.
AREAS = (0.15, 1.0)


@dataclass(frozen=True)
class Mixes:
    """crops uint8[n, 128, 128, 3], the photograph of the larger share int[n], teacher float16[n, d], kinds float16[n, kinds]."""

    crops: np.ndarray
    photo: np.ndarray
    teacher: np.ndarray
    kinds: np.ndarray


def mix_photos(small: list[np.ndarray], train: np.ndarray, weights: np.ndarray, teacher: Teacher, probes: Probes, cache: Path, seed: int) -> Mixes:
    """
    Mixes of training photographs, half blended (mixup, arXiv:1710.09412), half patched (CutMix, arXiv:1905.04899), after
    "patient and consistent" teachers (arXiv:2106.05237). Both photographs are of one fold, whose probe saw neither.
    """
    random = np.random.default_rng([seed, 0x317])
    crops = np.empty((MIXES, STORED_SIDE, STORED_SIDE, 3), np.uint8)
    photo, features = np.empty(MIXES, int), None
    key = teacher.key(f"{MIXES} {seed} {AREAS}".encode(), train.tobytes(), weights.tobytes(), *(each.tobytes() for each in small))
    if cache.exists():
        kept = np.load(cache)
        if str(kept["key"]) == key:
            crops, photo, features = kept["crops"], kept["photo"], kept["features"]
    if features is None:
        features = np.empty((MIXES, teacher.width), np.float16)
        for start in range(0, MIXES, 64):
            stop = min(MIXES, start + 64)
            large = np.stack([_mix(small, train, weights, probes.fold_of, photo, index, random) for index in range(start, stop)])
            features[start:stop] = teacher.features(large)
            for index, mixed in enumerate(large, start):
                crops[index] = np.asarray(Image.fromarray(mixed).resize((STORED_SIDE, STORED_SIDE), Image.Resampling.BICUBIC))
            if start % 6400 == 0:
                print(f"mixes: {stop}/{MIXES}", flush=True)
        np.savez(cache.with_suffix(".part.npz"), key=key, crops=crops, photo=photo, features=features)
        cache.with_suffix(".part.npz").replace(cache)
    standard = probes.standardise(features)
    return Mixes(crops, photo, standard, probes.kinds_of(standard, probes.fold_of[photo]).astype(np.float16))


def _mix(small, train, weights, fold_of, photo, index: int, random: np.random.Generator) -> np.ndarray:
    """uint8[224, 224, 3]; writes into `photo[index]` which photograph has the larger share."""
    first = int(random.choice(train, p=weights))
    second = int(random.choice(train, p=weights))
    while fold_of[second] != fold_of[first]:
        second = int(random.choice(train, p=weights))
    a, b = (_view(small[each], random) for each in (first, second))
    photo[index] = first
    if random.random() < 0.5:
        share = random.uniform(0.5, 0.9)
        return (a * share + b * (1 - share)).round().astype(np.uint8)
    width, height = (int(TEACHER_SIDE * side) for side in random.uniform(0.2, 0.7, 2))
    x, y = int(random.integers(0, TEACHER_SIDE - width)), int(random.integers(0, TEACHER_SIDE - height))
    mixed = a.astype(np.uint8)
    mixed[y : y + height, x : x + width] = b[y : y + height, x : x + width]
    return mixed


def _view(pixels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """float32[224, 224, 3] of a random oblong of a photograph, mirrored by chance."""
    height, width = pixels.shape[:2]
    side = np.sqrt(random.uniform(*AREAS)) * min(width, height)
    w, h = side * np.exp(random.uniform(-0.2, 0.2)), side * np.exp(random.uniform(-0.2, 0.2))
    w, h = min(w, width), min(h, height)
    left, top = random.uniform(0, width - w), random.uniform(0, height - h)
    cut = Image.fromarray(pixels).resize((TEACHER_SIDE, TEACHER_SIDE), Image.Resampling.BICUBIC, (left, top, left + w, top + h))
    view = np.asarray(cut, np.float32)
    return view[:, ::-1] if random.random() < 0.5 else view
