"""Crops become training pixels: cut, turned, mirrored, and lit as other cameras would have."""

import numpy as np
import torch
from PIL import Image, ImageFilter

MEAN = torch.tensor((0.48145466, 0.4578275, 0.40821073)).view(1, 3, 1, 1)
STD = torch.tensor((0.26862954, 0.26130258, 0.27577711)).view(1, 3, 1, 1)
GREY = np.array((0.299, 0.587, 0.114), np.float32)


def cut(pixels: np.ndarray, edges: tuple[float, float, float, float], size: int) -> np.ndarray:
    """uint8[size, size, 3] of a rectangle (left, top, right, bottom), pressed into a square; grey where it reaches over the edge."""
    left, top, right, bottom = (round(value) for value in edges)
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, right), min(height, bottom)
    part = pixels[y0:y1, x0:x1]
    if (x0, y0, x1, y1) != (left, top, right, bottom):
        whole = np.full((bottom - top, right - left, 3), 127, np.uint8)
        whole[y0 - top : y1 - top, x0 - left : x1 - left] = part
        part = whole
    return np.asarray(Image.fromarray(np.ascontiguousarray(part)).resize((size, size), Image.Resampling.BICUBIC, reducing_gap=3))


def turn(crop: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A quarter turn and a mirror image by chance: insects have no upright."""
    crop = np.rot90(crop, int(random.integers(4)))
    return crop[:, ::-1] if random.random() < 0.5 else crop


def normalise(crops: np.ndarray) -> torch.Tensor:
    """uint8[n, size, size, 3] -> float32[n, 3, size, size] as preprocessor_config.json says."""
    pixels = torch.from_numpy(np.ascontiguousarray(crops)).permute(0, 3, 1, 2).float() / 255
    return pixels.sub_(MEAN).div_(STD).contiguous(memory_format=torch.channels_last)


def relight(crops: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """uint8[n, size, size, 3] with brightness, contrast, colour, blur, noise and a hidden patch by chance."""
    count = len(crops)

    def drawn(low: float, high: float, shape: tuple[int, ...] = (count, 1, 1, 1)) -> np.ndarray:
        return random.uniform(low, high, shape).astype(np.float32)

    pixels = crops.astype(np.float32)
    grey = pixels @ GREY
    mean = grey.mean((1, 2))[:, None, None, None]
    # Colour, contrast and light are each a straight line of the pixel, its grey and the mean: one pass does all three.
    colour, contrast = drawn(0.7, 1.3), drawn(0.7, 1.35)
    gain = drawn(0.7, 1.3) * drawn(0.93, 1.07, (count, 1, 1, 3))
    pixels *= colour * contrast * gain
    pixels += (1 - colour) * contrast * gain * grey[..., None]
    pixels += (1 - contrast) * gain * mean
    for index in np.flatnonzero(random.random(count) < 0.25):
        soft = Image.fromarray(pixels[index].clip(0, 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(1))
        pixels[index] += random.uniform(0.3, 1) * (np.asarray(soft, np.float32) - pixels[index])
    for index in np.flatnonzero(random.random(count) < 0.2):
        pixels[index] += random.standard_normal(pixels.shape[1:], np.float32) * np.float32(random.uniform(0, 15))
    size = pixels.shape[1]
    for index in np.flatnonzero(random.random(count) < 0.3):
        side = int(size * random.uniform(0.12, 0.3))
        x, y = random.integers(0, size - side, 2)
        pixels[index, y : y + side, x : x + side] = float(random.random()) * 255
    return pixels.clip(0, 255).astype(np.uint8)
