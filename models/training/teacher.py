"""The teacher's view of fixed crops of every picture, computed once and kept beside the run."""

import hashlib
import json
import os
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


class Teacher:
    """An ONNX network from float32[n, 3, 224, 224] to features."""

    def __init__(self, model: Path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = os.cpu_count() or 1
        options.log_severity_level = 3
        self.digest = hashlib.sha256(model.read_bytes()).hexdigest()
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self.name = self.session.get_inputs()[0].name
        self.width = self.features(np.zeros((1, SIZE, SIZE, 3), np.uint8)).shape[1]

    def features(self, crops: np.ndarray) -> np.ndarray:
        """uint8[n, 224, 224, 3] -> float32[n, d]"""
        pixels = ((crops.astype(np.float32) / 255 - MEAN) / STD).transpose(0, 3, 1, 2)
        return self.session.run(None, {self.name: np.ascontiguousarray(pixels)})[0].reshape(len(crops), -1)

    def key(self, *asked: bytes) -> str:
        """Names what was asked of this network."""
        return hashlib.sha256(b"".join([self.digest.encode(), *asked])).hexdigest()


def features_of_crops(teacher: Teacher, photos: list[Photo], boxes: np.ndarray, centre: np.ndarray | None, cache: Path) -> np.ndarray:
    """float16[n, CROPS, d]; `centre` float[n, d] saves the first crop of each picture."""
    pictures = json.dumps([[photo.file, photo.path.stat().st_size] for photo in photos])
    key = teacher.key(boxes.tobytes(), pictures.encode(), b"" if centre is None else centre.tobytes())
    if cache.exists():
        kept = np.load(cache)
        if str(kept["key"]) == key:
            return kept["features"]
    began, result = time.monotonic(), np.zeros((*boxes.shape[:2], teacher.width), np.float16)
    first = 0
    if centre is not None:
        result[:, 0], first = centre, 1
    for index, photo in enumerate(photos):
        image = Image.open(photo.path).convert("RGB")
        crops = [image.resize((SIZE, SIZE), Image.Resampling.BICUBIC, rectangle_of(box, *image.size)) for box in boxes[index, first:]]
        result[index, first:] = teacher.features(np.stack(crops))
        if index % 500 == 499:
            rate = (index + 1) * len(crops) / (time.monotonic() - began)
            print(f"teacher: {index + 1}/{len(photos)} pictures, {rate:.0f} crops/s", file=sys.stderr, flush=True)
    cache.parent.mkdir(parents=True, exist_ok=True)
    partial = cache.with_suffix(".part.npz")
    np.savez(partial, key=key, features=result)
    partial.replace(cache)
    return result
