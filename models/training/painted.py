"""Backgrounds painted by arithmetic: what no class folder and no simulated frame shows."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from facts import picture, thing

SIDE = 144
KINDS = ("soil", "sky", "blur", "grass", "night", "trap", "sheet", "tag")
TAG_WORDS = ("APHID", "beetle", "Row 7", "moth", "PLOT 12", "spider", "Bean", "thrips", "A3", "weevil", "Mite", "Tomato", "bug")
FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSerif.ttf")


def paint_all(count: int, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """`count` pictures uint8[144, 144, 3] with their facts int16[count, 3, 7]."""
    random = np.random.default_rng([seed, 0xBA])
    kinds = [KINDS[index % len(KINDS)] for index in range(count)]
    return [paint(kind, random) for kind in kinds], np.stack([picture([thing(kind)]) for kind in kinds])


def paint(kind: str, random: np.random.Generator) -> np.ndarray:
    def cloud(cell: int) -> np.ndarray:
        """float[SIDE, SIDE] about 0, with spots about `cell` px wide."""
        coarse = random.standard_normal((SIDE // cell + 3, SIDE // cell + 3)) * 40 + 128
        image = Image.fromarray(np.clip(coarse, 0, 255).astype(np.uint8)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        return (np.asarray(image, float) - 128) / 40

    def colour(red: float, green: float, blue: float, spread: float = 18) -> np.ndarray:
        return np.array([red, green, blue]) + random.normal(0, spread, 3)

    grain = random.standard_normal((SIDE, SIDE, 1))
    if kind == "soil":
        shade = cloud(40) * 10 + cloud(9) * 16 + cloud(3) * 14
        pixels = colour(*((112, 82, 60) if random.random() < 0.7 else (150, 128, 100))) + shade[..., None] + grain * 8
    elif kind == "sky":
        fade = np.linspace(-25, 25, SIDE)[:, None, None]
        pixels = colour(110, 165, 225) + fade + np.clip(cloud(50), 0, None)[..., None] * random.uniform(0, 45)
    elif kind == "blur":
        tint = cloud(45)[..., None] * np.array([26, 30, 14]) + cloud(24)[..., None] * np.array([10, 14, 4])
        pixels = colour(92, 132, 62) + tint
    elif kind == "grass":
        pixels = _blades(colour(60, 92, 34), random)
    elif kind == "night":
        pixels = colour(10, 11, 14, 5) + cloud(50)[..., None] * 4 + grain * random.uniform(2, 8)
    elif kind == "trap":
        pixels = np.broadcast_to(colour(228, 200, 44, 14), (SIDE, SIDE, 3)) + cloud(60)[..., None] * 8 + grain * 3
        if random.random() < 0.6:
            pitch = int(random.integers(18, 60))
            pixels[int(random.integers(pitch)) :: pitch] -= 45
            pixels[:, int(random.integers(pitch)) :: pitch] -= 45
    elif kind == "sheet":
        pixels = np.broadcast_to(colour(222, 221, 214, 12), (SIDE, SIDE, 3)) + cloud(45)[..., None] * 9 + grain * 4
    else:
        pixels = _tag(colour(92, 128, 62) + cloud(35)[..., None] * 18, random)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def _blades(ground: np.ndarray, random: np.random.Generator) -> np.ndarray:
    image = Image.new("RGB", (SIDE, SIDE), tuple(np.clip(ground * 0.6, 0, 255).astype(int)))
    draw = ImageDraw.Draw(image)
    for _ in range(int(random.integers(120, 320))):
        x, y = random.uniform(-10, SIDE + 10, 2)
        lean, length = random.normal(0, 12), random.uniform(25, 80)
        tint = tuple(np.clip(ground + random.normal(0, 22, 3), 0, 255).astype(int))
        draw.line([(x, y), (x + lean / 2, y - length / 2), (x + lean, y - length)], fill=tint, width=int(random.integers(1, 5)))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(random.uniform(0, 1.5))), float)


def _tag(ground: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A tag whole, or so near that a few letters fill the picture."""
    image = Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8))
    card = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(card)
    zoom = float(np.exp(random.uniform(0, np.log(5))))
    width, height = random.uniform(70, 130) * zoom, random.uniform(34, 90) * zoom
    x, y = SIDE / 2 + random.uniform(-1, 1, 2) * (15 + 0.35 * (zoom - 1) * np.array([100, 40]))
    light = int(random.integers(190, 256))
    paper = (light, light, light - int(random.integers(0, 40)))
    ink = tuple(random.integers(0, 90, 3).tolist())
    if random.random() < 0.35:
        paper, ink = tuple(random.integers(30, 190, 3).tolist()), (light, light, light)
    box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    draw.rounded_rectangle(box, 5 * zoom, (*paper, 255))
    word = TAG_WORDS[int(random.integers(len(TAG_WORDS)))]
    font = _font(FONTS[int(random.integers(len(FONTS)))], int(min(height * 0.6, width / len(word) * 1.5)))
    draw.text((x, y), word, fill=(*ink, 255), font=font, anchor="mm")
    card = card.rotate(random.uniform(-25, 25), Image.Resampling.BICUBIC)
    image.paste(card, (0, 0), card)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(random.uniform(0, 1))), float)


def _font(name: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return ImageFont.load_default(size)
