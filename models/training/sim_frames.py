"""Frames of the simulated field with their COCO truth, decoded once into one file, and windows cut from them at will."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from captions import is_held_out
from facts import KIND, KIND_NAMES, NUMBER, PLACE_IDS, UNKNOWN, kind_of, picture, thing
from words import KINDS, SCENE_GROUND

# A window points at a pest where its middle lies in the pest's box and this share of the pest is inside, as the product's tiles are
# judged; a middle that lies outside by less than `NEAR` of the window's side is left open.
WHOLE, NEAR = 0.6, 0.04
# A pest of which less is inside is only a part; between the two nobody can say whether the window should count it.
PART = 0.4
# Another thing is what a window is about where its centre lies within this share of the side from the middle.
CENTRAL = 0.3
# A pest beside the middle is only cut where less than this of it is inside.
UNCUT = 0.85
# Less of a thing than this is as good as away.
UNSEEN_SHARE, UNSEEN_COVER = 0.12, 0.01
# Smaller than this share of the window's side it cannot be told at the model's resolution.
SMALLEST_SHARE = 0.1
# A drop, a hand or a spot names the window that it covers so far.
NAMING_COVER = 0.25
FRAGMENT_COVER = 0.04
# The finest tile of a closer look at tiles of 48 px is 32 px wide.
SMALLEST_WINDOW_PX = 30
# How often a window is drawn around a pest, around part of one, around another thing; else anywhere.
PEST, FRAGMENT, THING = 0.5, 0.13, 0.15


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
    """Decoded frames of several folders in one uint8 file, held in memory where half of what is free suffices."""

    def __init__(self, folders: list[Path], store: Path):
        listed = [entry for folder in folders for entry in _read_coco(folder)]
        facts = json.dumps([[str(path), path.stat().st_size, width, height] for path, width, height, *_ in listed])
        offsets = np.cumsum([0] + [width * height * 3 for _, width, height, *_ in listed])
        key = store.with_suffix(".json")
        if not (store.exists() and key.exists() and key.read_text() == facts):
            store.parent.mkdir(parents=True, exist_ok=True)
            # A run that is cut off leaves pictures that nothing describes.
            key.unlink(missing_ok=True)
            with open(store, "wb") as out:
                for path, *_ in listed:
                    out.write(np.asarray(Image.open(path).convert("RGB")).tobytes())
            key.write_text(facts)
        # From memory where there is room: windows of a file that the system drops from its cache took five times as long to draw.
        self.pixels = np.fromfile(store, np.uint8) if 2 * store.stat().st_size < _free_bytes() else np.memmap(store, np.uint8, "r")
        self.frames = [
            Frame(int(offset), width, height, scene, str(path), boxes, things)
            for offset, (path, width, height, scene, boxes, things) in zip(offsets, listed)
        ]

    def picture_of(self, frame: Frame) -> np.ndarray:
        """uint8[height, width, 3] without a copy."""
        return self.pixels[frame.offset : frame.offset + frame.width * frame.height * 3].reshape(frame.height, frame.width, 3)


def _free_bytes() -> int:
    """What the system could give without swapping; 0 where it does not say."""
    try:
        lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        return 1024 * int(lines["MemAvailable"].split()[0])
    except (OSError, KeyError):
        return 0


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


def folders_of(root: Path) -> list[Path]:
    """The folder itself where `fieldscout sim` wrote it, else those in it."""
    if (root / "annotations.json").exists():
        return [root]
    return sorted(path.parent for path in root.glob("*/annotations.json"))


def held_out_frames(frames: list[Frame]) -> np.ndarray:
    """bool[n]: every tenth folder of each scene, so that no seed is on both sides; of a single folder its last tenth."""
    folders: dict[str, list[int]] = {}
    for index, frame in enumerate(frames):
        folders.setdefault(str(Path(frame.file).parent), []).append(index)
    held = np.zeros(len(frames), bool)
    by_scene: dict[str, list[str]] = {}
    for folder, members in folders.items():
        by_scene.setdefault(frames[members[0]].scene, []).append(folder)
    for names in by_scene.values():
        for place, name in enumerate(names):
            members = folders[name]
            if len(names) == 1:
                held[members[len(members) - len(members) // 10 :]] = True
            elif place % 10 == 9 or (len(names) < 10 and place == len(names) - 1):
                held[members] = True
    return held


def is_pest(facts: np.ndarray) -> bool:
    return KINDS[KIND_NAMES[facts[KIND]]].family == "insect"


class WindowDraw:
    """Squares of frames as tiles cut them: rare kinds come nearly as often as common ones."""

    def __init__(self, frames: list[Frame], chosen: np.ndarray):
        self.frames = [frames[index] for index in chosen]
        self.empty = [frame for frame in self.frames if not any(is_pest(facts) for facts in frame.things)]
        pests: dict[int, list[tuple[Frame, int]]] = {}
        props: dict[int, list[tuple[Frame, int]]] = {}
        for frame in self.frames:
            for place, facts in enumerate(frame.things):
                if not is_held_out(facts):
                    (pests if is_pest(facts) else props).setdefault(int(facts[KIND]), []).append((frame, place))
        self.pests, self.props = list(pests.values()), list(props.values())
        self.pest_weights, self.prop_weights = _shares(self.pests), _shares(self.props)

    def draw(self, random: np.random.Generator, pests: bool = True) -> tuple[Frame, tuple, np.ndarray] | None:
        """A frame, a square in it and its facts int16[3, 7]; None where the draw shows what nobody can name. Without pests: only what must not be found."""
        way = random.random() * (1 if pests else 1 - PEST)
        if pests and self.pests and way >= 1 - PEST:
            frame, place = _pick_of(self.pests, self.pest_weights, random)
            share = random.uniform(0.35, 1) if random.random() < 0.75 else random.uniform(SMALLEST_SHARE, 0.35)
            # Mostly pointed at, sometimes beside the middle, where a tile must not fire.
            slip = min(0.28, 0.45 * share) if random.random() < 0.8 else 0.45
            square = _around(frame, frame.boxes[place], share, slip, random)
        elif self.pests and way < FRAGMENT:
            frame, place = _pick_of(self.pests, self.pest_weights, random)
            square = _around(frame, frame.boxes[place], float(np.exp(random.uniform(np.log(0.4), np.log(6)))), 0.75, random)
        elif self.props and way < FRAGMENT + THING:
            frame, place = _pick_of(self.props, self.prop_weights, random)
            # Down to a few letters of a printed tag: the finest tiles show no more of it.
            square = _around(frame, frame.boxes[place], float(np.exp(random.uniform(np.log(0.15), np.log(6)))), 0.4, random)
        else:
            among = self.empty if self.empty and random.random() < 0.6 else self.frames
            frame = among[int(random.integers(len(among)))]
            side = float(np.exp(random.uniform(np.log(SMALLEST_WINDOW_PX), np.log(0.7 * min(frame.width, frame.height)))))
            left, top = random.uniform(0, frame.width - side), random.uniform(0, frame.height - side)
            square = (left, top, left + side, top + side)
        facts = facts_of_window(frame, square)
        if facts is None or (not pests and is_pest(facts[0])):
            return None
        return frame, square, facts


def _shares(groups: list[list]) -> np.ndarray:
    sizes = np.array([len(group) for group in groups], float) ** 0.3
    return sizes / sizes.sum() if len(sizes) else sizes


def _pick_of(groups: list[list], weights: np.ndarray, random: np.random.Generator):
    group = groups[int(random.choice(len(groups), p=weights))]
    return group[int(random.integers(len(group)))]


def _around(frame: Frame, box: np.ndarray, share: float, slip: float, random: np.random.Generator) -> tuple[float, float, float, float]:
    """A square whose side the box's longer side fills by `share`, the box's centre up to `slip` of the side off its middle; within the frame."""
    x, y, width, height = box
    side = float(np.clip(max(width, height) / share, SMALLEST_WINDOW_PX, 0.95 * min(frame.width, frame.height)))
    # Of a box far larger than the square any part of the box may be its middle.
    reach_x, reach_y = max(slip * side, 0.5 * (width - side)), max(slip * side, 0.5 * (height - side))
    left = x + width / 2 + random.uniform(-reach_x, reach_x) - side / 2
    top = y + height / 2 + random.uniform(-reach_y, reach_y) - side / 2
    left, top = np.clip(left, 0, frame.width - side), np.clip(top, 0, frame.height - side)
    return (left, top, left + side, top + side)


def facts_of_window(frame: Frame, square: tuple[float, float, float, float]) -> np.ndarray | None:
    """
    What a square shows: the pests that it points at, or "part of an insect", or another thing that fills much of it, or the scene's
    ground: a pest beside the middle is the next tile's. None where nobody could say: a pest too small to tell, one whose box ends near
    the middle, a held-out combination.
    """
    left, top, right, bottom = square
    side = right - left
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    mains: list[tuple[float, np.ndarray]] = []
    beside: list[tuple[float, np.ndarray]] = []
    named: list[tuple[float, np.ndarray]] = []
    open_kinds: set[int] = set()
    parts = 0.0
    for (x, y, width, height), facts in zip(frame.boxes, frame.things):
        inside = max(0.0, min(right, x + width) - max(left, x)) * max(0.0, min(bottom, y + height) - max(top, y))
        share, cover = inside / max(1e-6, width * height), inside / side**2
        if inside == 0 or (share < UNSEEN_SHARE and cover < UNSEEN_COVER):
            continue
        size = max(width, height) / side
        outside = max(x - middle_x, middle_x - x - width, y - middle_y, middle_y - y - height) / side
        if not is_pest(facts):
            off = max(abs(x + width / 2 - middle_x), abs(y + height / 2 - middle_y)) / side
            if cover >= NAMING_COVER or (share >= WHOLE and off <= CENTRAL and size >= 0.3):
                named.append((inside, facts))
        elif is_held_out(facts):
            return None
        elif outside <= 0 and share >= PART:
            if size < SMALLEST_SHARE or share < WHOLE:
                return None
            mains.append((inside, facts))
        elif outside <= NEAR and share >= PART:
            open_kinds.add(int(facts[KIND]))
        elif share < UNCUT and cover >= FRAGMENT_COVER:
            parts = max(parts, cover)
        else:
            beside.append((share, facts))
    kinds = {int(facts[KIND]) for _, facts in mains}
    if open_kinds - kinds:
        return None
    if mains:
        alike = [(share, facts) for share, facts in beside if int(facts[KIND]) in kinds]
        whole = [(0.0, facts) for share, facts in alike if share >= 0.95]
        counted = _counted([facts for _, facts in sorted(mains + whole, key=lambda each: -each[0])])
        if len(whole) < len(alike) or parts > 0 or open_kinds:
            for facts in counted:
                facts[NUMBER] = UNKNOWN
        return picture(counted + [facts for _, facts in named])
    if parts > 0:
        return picture([thing("fragment")])
    if named:
        return picture([facts for _, facts in sorted(named, key=lambda each: -each[0])])
    ground = SCENE_GROUND.get(frame.scene)
    return picture([thing(ground)]) if ground else None


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
