"""The teacher's view of fixed crops of every picture, computed once and kept beside the run."""

import hashlib
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from pictures import Photo

CROPS = 7
SIZE = 224
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
CENTRE, WHOLE = (0.5, 0.5, 1, 1), (0.5, 0.5, 1000, 1000)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def crop_boxes(count: int, seed: int) -> np.ndarray:
    """
    float32[count, CROPS, 4]: x and y as shares of the free way in each direction, width and height as shares of the shorter
    side, cut at the picture's own. The first crop of each picture is its centre square, whose features may be known already;
    the last is the whole picture, pressed into a square as the product presses boxes.
    """
    random = np.random.default_rng([seed, 0xC0])
    drawn = (count, CROPS - 1)
    x, y, side = random.random(drawn), random.random(drawn), np.sqrt(random.uniform(0.25, 1, drawn))
    boxes = np.concatenate([np.stack([x, y, side, side], -1), np.full((count, 1, 4), WHOLE)], 1)
    boxes[:, 0] = CENTRE
    return boxes.astype(np.float32)


def rectangle_of(box: np.ndarray, width: int, height: int) -> tuple[float, float, float, float]:
    """left, top, right, bottom in pixels of a picture of that size."""
    shorter = min(width, height)
    w, h = min(width, box[2] * shorter), min(height, box[3] * shorter)
    left, top = box[0] * (width - w), box[1] * (height - h)
    return left, top, left + w, top + h


def features_of_crops(model: Path, photos: list[Photo], boxes: np.ndarray, centre: np.ndarray | None, cache: Path) -> np.ndarray:
    """float16[n, CROPS, 576]; `centre` float[n, 576] saves the first crop of each picture."""
    key = hashlib.sha256(b"".join([model.read_bytes(), boxes.tobytes(), "\n".join(p.source for p in photos).encode()])).hexdigest()
    if cache.exists():
        kept = np.load(cache)
        if str(kept["key"]) == key:
            return kept["features"]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    began, result = time.monotonic(), np.zeros((*boxes.shape[:2], 576), np.float16)
    first = 0
    if centre is not None:
        result[:, 0], first = centre, 1
    for index, photo in enumerate(photos):
        image = Image.open(photo.path).convert("RGB")
        crops = [image.resize((SIZE, SIZE), Image.Resampling.BICUBIC, rectangle_of(box, *image.size)) for box in boxes[index, first:]]
        pixels = ((np.stack(crops).astype(np.float32) / 255 - MEAN) / STD).transpose(0, 3, 1, 2)
        result[index, first:] = session.run(None, {name: np.ascontiguousarray(pixels)})[0].reshape(len(crops), -1)
        if index % 500 == 499:
            rate = (index + 1) * len(crops) / (time.monotonic() - began)
            print(f"teacher: {index + 1}/{len(photos)} pictures, {rate:.0f} crops/s", file=sys.stderr, flush=True)
    cache.parent.mkdir(parents=True, exist_ok=True)
    partial = cache.with_suffix(".part.npz")
    np.savez(partial, key=key, features=result)
    partial.replace(cache)
    return result
