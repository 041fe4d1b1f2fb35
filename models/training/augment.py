"""Crops become training pixels: cut, turned, mirrored, and lit as other cameras would have."""

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

MEAN = torch.tensor((0.48145466, 0.4578275, 0.40821073)).view(1, 3, 1, 1)
STD = torch.tensor((0.26862954, 0.26130258, 0.27577711)).view(1, 3, 1, 1)
GREY = torch.tensor((0.299, 0.587, 0.114)).view(1, 3, 1, 1)


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
    return np.asarray(Image.fromarray(np.ascontiguousarray(part)).resize((size, size), Image.Resampling.BICUBIC))


def turn(crop: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A quarter turn and a mirror image by chance: insects have no upright."""
    crop = np.rot90(crop, int(random.integers(4)))
    return crop[:, ::-1] if random.random() < 0.5 else crop


def normalise(crops: np.ndarray) -> torch.Tensor:
    """uint8[n, size, size, 3] -> float32[n, 3, size, size] as preprocessor_config.json says."""
    pixels = torch.from_numpy(np.ascontiguousarray(crops)).permute(0, 3, 1, 2).float() / 255
    return pixels.sub_(MEAN).div_(STD).contiguous(memory_format=torch.channels_last)


def relight(crops: np.ndarray, random: np.random.Generator) -> torch.Tensor:
    """Brightness, contrast, colour, blur, noise and a hidden patch by chance, then `normalise`."""
    count = len(crops)

    def draw(low: float, high: float, shape: tuple[int, ...] = (count, 1, 1, 1)) -> torch.Tensor:
        return torch.from_numpy(random.uniform(low, high, shape).astype(np.float32))

    pixels = torch.from_numpy(np.ascontiguousarray(crops)).permute(0, 3, 1, 2).float() / 255
    grey = (pixels * GREY).sum(1, keepdim=True)
    pixels.sub_(grey).mul_(draw(0.7, 1.3)).add_(grey)
    mean = pixels.mean((1, 2, 3), keepdim=True)
    gain = draw(0.7, 1.3) * draw(0.93, 1.07, (count, 3, 1, 1))
    pixels.sub_(mean).mul_(draw(0.7, 1.35)).add_(mean).mul_(gain)
    soft = np.flatnonzero(random.random(count) < 0.25)
    if len(soft):
        blurred = F.avg_pool2d(pixels[soft], 3, 1, 1, count_include_pad=False)
        pixels[soft] = torch.lerp(pixels[soft], blurred, draw(0.3, 1, (len(soft), 1, 1, 1)))
    noisy = np.flatnonzero(random.random(count) < 0.2)
    if len(noisy):
        noise = torch.from_numpy(random.standard_normal((len(noisy), *pixels.shape[1:]), dtype=np.float32))
        pixels[noisy] += noise * draw(0, 0.06, (len(noisy), 1, 1, 1))
    pixels.clamp_(0, 1)
    size = pixels.shape[-1]
    for index in np.flatnonzero(random.random(count) < 0.3):
        side = int(size * random.uniform(0.12, 0.3))
        x, y = random.integers(0, size - side, 2)
        pixels[index, :, y : y + side, x : x + side] = float(random.random())
    return pixels.sub_(MEAN).div_(STD).contiguous(memory_format=torch.channels_last)
