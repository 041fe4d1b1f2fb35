"""Frames of the simulated field with their COCO truth, decoded once into one file, and windows cut from them at will."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from captions import is_held_out
from facts import PLACE_IDS, UNKNOWN, kind_of, picture, thing
from words import SCENE_GROUND

# A pest is in a window when this share of its box is; below the lower one it is away, between them nobody knows.
SEEN_SHARE, UNSEEN_SHARE = 0.5, 0.12
# Smaller than this share of the window's side it cannot be told at the model's resolution.
SMALLEST_SHARE = 0.07
EMPTY_SHARE = 0.25
SMALLEST_WINDOW_PX = 40


@dataclass(frozen=True)
class Frame:
    """Where a frame's pixels lie in the store, and what is in it. `boxes` float[n, 4] are x, y, width, height."""

    offset: int
    width: int
    height: int
    scene: str
    file: str
    boxes: np.ndarray
    things: tuple[np.ndarray, ...]


class FrameStore:
    """Decoded frames of several folders in one uint8 file that the operating system pages in as needed."""

    def __init__(self, folders: list[Path], store: Path):
        listed = [entry for folder in folders for entry in _read_coco(folder)]
        facts = json.dumps([[str(path), path.stat().st_size, width, height] for path, width, height, *_ in listed])
        offsets = np.cumsum([0] + [width * height * 3 for _, width, height, *_ in listed])
        key = store.with_suffix(".json")
        if not (store.exists() and key.exists() and key.read_text() == facts):
            store.parent.mkdir(parents=True, exist_ok=True)
            with open(store, "wb") as out:
                for path, *_ in listed:
                    out.write(np.asarray(Image.open(path).convert("RGB")).tobytes())
            key.write_text(facts)
        self.pixels = np.memmap(store, np.uint8, "r")
        self.frames = [
            Frame(int(offset), width, height, scene, str(path), boxes, things)
            for offset, (path, width, height, scene, boxes, things) in zip(offsets, listed)
        ]

    def picture_of(self, frame: Frame) -> np.ndarray:
        """uint8[height, width, 3] without a copy."""
        return self.pixels[frame.offset : frame.offset + frame.width * frame.height * 3].reshape(frame.height, frame.width, 3)


def _read_coco(folder: Path):
    truth = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    categories = {category["id"]: category["name"] for category in truth["categories"]}
    of_image: dict[int, list] = {image["id"]: [] for image in truth["images"]}
    for annotation in [*truth["annotations"], *truth.get("things", [])]:
        of_image[annotation["image_id"]].append(annotation)
    for image in truth["images"]:
        scene = image.get("scene") or truth.get("info", {}).get("scene") or folder.name
        place = next((name for name in PLACE_IDS if name in scene), None)
        things = [_thing(annotation, categories, place) for annotation in of_image[image["id"]]]
        boxes = np.array([annotation["bbox"] for annotation in of_image[image["id"]]], float).reshape(-1, 4)
        yield folder / image["file_name"], image["width"], image["height"], place or scene, boxes, tuple(things)


def _thing(annotation: dict, categories: dict[int, str], place: str | None) -> np.ndarray:
    facts = annotation.get("attributes", {})
    name = facts.get("kind") or categories[annotation["category_id"]]
    return thing(kind_of(name), facts.get("colour"), UNKNOWN, facts.get("stage"), facts.get("posture"), place, facts.get("marking"))


def held_out_frames(frames: list[Frame]) -> np.ndarray:
    """bool[n]: every tenth frame of each scene in a row of its own end, so that neighbours in time are on one side."""
    held = np.zeros(len(frames), bool)
    folders: dict[str, list[int]] = {}
    for index, frame in enumerate(frames):
        folders.setdefault(str(Path(frame.file).parent), []).append(index)
    for members in folders.values():
        held[members[len(members) - len(members) // 10 :]] = True
    return held


def draw_window(frame: Frame, random: np.random.Generator) -> tuple[tuple[float, float, float, float], np.ndarray] | None:
    """
    A square of a frame as tiles cut it, with its facts int16[3, 7]: around one pest that fills an eighth of the side to
    all of it, centred or not, or, a quarter of the time, where nothing lives. None where the draw shows something that
    nobody can name or that is held out.
    """
    if len(frame.boxes) == 0 or random.random() < EMPTY_SHARE:
        side = random.uniform(0.15, 0.6) * min(frame.width, frame.height)
        left, top = random.uniform(0, frame.width - side), random.uniform(0, frame.height - side)
    else:
        x, y, width, height = frame.boxes[random.integers(len(frame.boxes))]
        longest = max(width, height)
        side = float(np.clip(longest / random.uniform(0.125, 1) ** 0.8, SMALLEST_WINDOW_PX, 0.9 * min(frame.width, frame.height)))
        slack = max(0.0, side - longest) / 2 + 0.2 * longest
        middle = (x + width / 2 + random.uniform(-slack, slack), y + height / 2 + random.uniform(-slack, slack))
        left, top = middle[0] - side / 2, middle[1] - side / 2
    square = (left, top, left + side, top + side)
    facts = facts_of_window(frame, square)
    return None if facts is None else (square, facts)


def facts_of_window(frame: Frame, square: tuple[float, float, float, float]) -> np.ndarray | None:
    """What a square shows; None where it shows a half pest, one too small to tell, or a held-out combination."""
    left, top, right, bottom = square
    side = right - left
    shown: list[tuple[float, np.ndarray]] = []
    for (x, y, width, height), facts in zip(frame.boxes, frame.things):
        inside = max(0.0, min(right, x + width) - max(left, x)) * max(0.0, min(bottom, y + height) - max(top, y))
        share = inside / max(1e-6, width * height)
        if share < UNSEEN_SHARE and inside < 0.01 * side * side:
            continue
        if share < SEEN_SHARE or max(width, height) < SMALLEST_SHARE * side or is_held_out(facts):
            return None
        shown.append((inside, facts))
    if not shown:
        ground = SCENE_GROUND.get(frame.scene)
        return picture([thing(ground)]) if ground else None
    return picture(_counted([facts for _, facts in sorted(shown, key=lambda each: -each[0])]))


def _counted(things: list[np.ndarray]) -> list[np.ndarray]:
    """Like things become one with its number; a number holds for a kind only where all its members look alike."""
    result: dict[bytes, np.ndarray] = {}
    kinds: dict[int, int] = {}
    for facts in things:
        kinds[int(facts[0])] = kinds.get(int(facts[0]), 0) + 1
        alike = result.setdefault(facts.tobytes(), facts.copy())
        alike[2] = min(4, max(0, int(alike[2])) + 1)
    for facts in result.values():
        if kinds[int(facts[0])] != int(facts[2]) and int(facts[2]) < 4:
            facts[2] = UNKNOWN
    return list(result.values())
