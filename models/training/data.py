"""All that training draws from, and the batch of any step: a function of the seed, the step and the hard windows found so far."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer

import painted
from augment import cut, relight, turn
from captions import compose, every_text
from facts import ABSENT, KIND, KIND_NAMES, TRUE, UNDECIDED, UNSAID, match
from model import END_TOKEN, MAX_TOKENS
from pictures import Photo, group_by_source, hold_out, load_small, read_manifest, sampling_weights
from sim_frames import FrameStore, WindowDraw, folders_of, held_out_frames
from mixes import Mixes, mix_photos
from soft_labels import Probes
from teacher import CENTRE, Teacher, crop_boxes, features_of_crops, rectangle_of
from words import KINDS, SCENE_GROUND, with_article

PAINTED_COUNT = 800
HIDDEN_TOKEN_SHARE = 0.04
# The edges of a crop may slip by this share of its sides and still count as the one that the teacher saw.
JITTER = 0.06
UNKNOWN_TOKEN = 0
# Hard windows: how many are looked at each time, kept, and drawn among the simulated ones.
MINED, KEPT_HARD, STORED_HARD, HARD_SHARE = 30_000, 4_000, 128, 0.2
# "a <kind>", and nothing else said.
KIND_CAPTIONS = np.full((len(KIND_NAMES), 7), UNSAID, np.int16)
KIND_CAPTIONS[:, KIND] = np.arange(len(KIND_NAMES))


@dataclass(frozen=True)
class Batch:
    """crops uint8[b, s, s, 3], facts int16[b, 3, 7], ids int64[b, l], said int16[b, 7], teacher float32[b, 576], taught bool[b]."""

    crops: np.ndarray
    facts: np.ndarray
    ids: np.ndarray
    said: np.ndarray
    teacher: np.ndarray
    taught: np.ndarray
    # bool[b]: crops of two photographs, of which no caption is simply true or false.
    mixed: np.ndarray
    # float32[b, kinds]: what the picture is, by the teacher where it saw the crop, else by its facts; and what nobody can say of it.
    kinds: np.ndarray
    undecided: np.ndarray


class Corpus:
    """Photographs, simulated frames and painted backgrounds, each split into a training part and a held-out tenth."""

    def __init__(self, pictures: list[Path], sims: list[Path], teacher: Path | None, features: Path | None, cache: Path, seed: int):
        self.seed = seed
        self.photos: list[Photo] = [photo for folder in pictures for photo in read_manifest(folder)]
        centre = _centre_features(self.photos, features)
        self.groups = group_by_source(self.photos, centre) if self.photos else np.zeros(0, int)
        self.held = hold_out(self.photos, self.groups) if self.photos else np.zeros(0, bool)
        self.small = load_small(self.photos)
        self.train = np.flatnonzero(~self.held)
        kept = [self.photos[index] for index in self.train]
        self.weights = sampling_weights(kept, self.groups[self.train]) if kept else np.zeros(0)
        self.boxes = crop_boxes(len(self.photos), seed)
        self.teacher, self.mixes = None, None
        if teacher and self.photos:
            network = Teacher(teacher)
            raw = features_of_crops(network, self.photos, self.boxes, centre, cache / "teacher-crops.npz")
            probes = Probes(raw, [photo.label for photo in self.photos], self.groups, self.train, seed)
            self.teacher = probes.standardise(raw)
            self.soft = probes.soft_labels(self.teacher)
            self.mixes = mix_photos(self.small, self.train, self.weights, network, probes, cache / "mixes.npz", seed)
        self.painted, self.painted_facts = painted.paint_all(PAINTED_COUNT, seed)
        sims = [folder for root in sims for folder in folders_of(root)]
        self.store = FrameStore(sims, cache / "frames.bin") if sims else None
        self.frames = self.store.frames if self.store else []
        self.frame_held = held_out_frames(self.frames)
        self.frames_train = np.flatnonzero(~self.frame_held)
        self.draws = {held: WindowDraw(self.frames, np.flatnonzero(self.frame_held == held)) for held in (False, True)} if self.frames else {}
        # Windows without a pest that were taken for one: uint8[n, s, s, 3] and their facts.
        self.hard: tuple[np.ndarray, np.ndarray] | None = None
        self.shares = _shares(bool(self.photos), bool(self.frames), self.mixes is not None)
        known = self.kinds()
        # bool[kinds]: a kind that no picture shows is no wrong answer either.
        self.shown = np.array([kind in known for kind in KIND_NAMES])

    def kinds(self) -> set[str]:
        """Every kind that some picture of the corpus shows."""
        rows = [photo.facts for photo in self.photos] + list(self.painted_facts)
        found = {KIND_NAMES[row[KIND]] for rows_of in rows for row in rows_of if row[KIND] != ABSENT}
        grounds = {*SCENE_GROUND.values(), "fragment"} if self.frames else set()
        return found | grounds | {KIND_NAMES[facts[KIND]] for frame in self.frames for facts in frame.things}

    def texts(self) -> list[str]:
        return every_text(self.kinds(), bool(self.frames))

    def batch(self, step: int, size: int, count: int, tokenizer: Tokenizer) -> Batch:
        random = np.random.default_rng([self.seed, step])
        crops = np.empty((count, size, size, 3), np.uint8)
        facts = np.empty((count, *self.painted_facts.shape[1:]), np.int16)
        width = self.teacher.shape[-1] if self.teacher is not None else 1
        teacher, fine = np.zeros((count, width), np.float32), [""] * count
        taught, mixed = np.zeros(count, bool), np.zeros(count, bool)
        kinds = np.full((count, len(KIND_NAMES)), -1, np.float32)
        sources = random.choice(len(self.shares), count, p=self.shares)
        for row, source in enumerate(sources):
            if source == 0:
                crop, facts[row], index, view = self._photo(random, size)
                fine[row] = self.photos[index].fine
                if self.teacher is not None:
                    teacher[row], taught[row], kinds[row] = self.teacher[index, view], True, self.soft[index, view]
            elif source == 1 and self.hard and random.random() < HARD_SHARE:
                index = int(random.integers(len(self.hard[0])))
                crop, facts[row] = cut(self.hard[0][index], (0, 0, STORED_HARD, STORED_HARD), size), self.hard[1][index]
            elif source == 1:
                crop, facts[row] = self.window(False, random, size)
            elif source == 3:
                index = int(random.integers(len(self.mixes.crops)))
                crop, mixed[row] = cut(self.mixes.crops[index], (0, 0, *self.mixes.crops.shape[1:3]), size), True
                # Its caption speaks to the other pictures of the batch only.
                facts[row], fine[row] = self.photos[self.mixes.photo[index]].facts, self.photos[self.mixes.photo[index]].fine
                teacher[row], taught[row], kinds[row] = self.mixes.teacher[index], True, self.mixes.kinds[index]
            else:
                index = int(random.integers(len(self.painted)))
                facts[row] = self.painted_facts[index]
                crop = _random_square(self.painted[index], random, size)
            crops[row] = turn(crop, random)
        verdicts = match(facts, KIND_CAPTIONS)
        unknown = kinds[:, 0] < 0
        kinds[unknown] = (verdicts[unknown] == TRUE) / np.maximum(1, (verdicts[unknown] == TRUE).sum(1, keepdims=True))
        said = [compose(facts[row, 0], random, fine[row]) for row in range(count)]
        ids = token_ids([text for text, _ in said], tokenizer)
        hidden = torch.from_numpy(random.random(ids.shape) < HIDDEN_TOKEN_SHARE) & (ids < END_TOKEN - 1)
        return Batch(
            relight(crops, random), facts, ids.masked_fill(hidden, UNKNOWN_TOKEN).numpy(), np.stack([each for _, each in said]),
            teacher, taught, mixed, kinds, ((verdicts == UNDECIDED) | ~self.shown) & (kinds <= 0),
        )  # fmt: skip

    def _photo(self, random: np.random.Generator, size: int):
        index = int(random.choice(self.train, p=self.weights))
        view = int(random.integers(self.boxes.shape[1]))
        pixels = self.small[index]
        height, width = pixels.shape[:2]
        left, top, right, bottom = rectangle_of(self.boxes[index, view], width, height)
        # Each edge slips by itself, so that the model also meets things a little stretched.
        across, down = JITTER * (right - left), JITTER * (bottom - top)
        slip = random.uniform(-1, 1, 4)
        edges = (
            max(0, left + slip[0] * across), max(0, top + slip[1] * down),
            min(width, right + slip[2] * across), min(height, bottom + slip[3] * down),
        )  # fmt: skip
        return cut(pixels, edges, size), self.photos[index].facts, index, view

    def window(self, held: bool, random: np.random.Generator, size: int, pests: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """A window of a simulated frame, held out or not, with its facts."""
        for _ in range(500):
            drawn = self.draws[held].draw(random, pests)
            if drawn:
                frame, square, facts = drawn
                return cut(self.store.picture_of(frame), square, size), facts
        raise ValueError("the simulated frames hold no window that can be named: are their kinds and scenes known?")

    def mine(self, step: int, looks_like_a_pest) -> None:
        """Draws windows without a pest and keeps those that the student takes for one, by `looks_like_a_pest(crops) -> float[n]`."""
        if not self.draws:
            return
        random = np.random.default_rng([self.seed, 0x4A, step])
        drawn = [self.window(False, random, STORED_HARD, pests=False) for _ in range(MINED)]
        crops, facts = np.stack([crop for crop, _ in drawn]), np.stack([each for _, each in drawn])
        worst = np.argsort(-looks_like_a_pest(crops))[:KEPT_HARD]
        self.hard = (crops[worst], facts[worst])


def kind_texts(random: np.random.Generator | None) -> list[str]:
    """One name of each kind, the first or, by chance, another, as a caption's words."""
    names = [kind.names[0] if random is None or random.random() < 0.5 else kind.names[int(random.integers(len(kind.names)))] for kind in KINDS.values()]
    return [with_article(name) for name in names]


def token_ids(texts: list[str], tokenizer: Tokenizer) -> torch.Tensor:
    """int64[n, longest]: CLIP's ids, the shorter texts filled up with the end token."""
    rows = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    rows = [row if len(row) <= MAX_TOKENS else [*row[: MAX_TOKENS - 1], END_TOKEN] for row in rows]
    longest = max(len(row) for row in rows)
    return torch.tensor([row + [END_TOKEN] * (longest - len(row)) for row in rows])


def centre_square(pixels: np.ndarray, size: int) -> np.ndarray:
    height, width = pixels.shape[:2]
    return cut(pixels, rectangle_of(np.array(CENTRE), width, height), size)


def _random_square(pixels: np.ndarray, random: np.random.Generator, size: int) -> np.ndarray:
    side = pixels.shape[0] * random.uniform(0.6, 1)
    left, top = random.uniform(0, pixels.shape[1] - side), random.uniform(0, pixels.shape[0] - side)
    return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.BICUBIC, (left, top, left + side, top + side)))


def _centre_features(photos: list[Photo], features: Path | None) -> np.ndarray | None:
    """float16[n, 576] in the photos' order; None where the file does not know every photograph."""
    if features is None or not photos:
        return None
    with np.load(features) as known:
        at = {str(path): index for index, path in enumerate(known["path"])}
        if any(photo.file not in at for photo in photos):
            return None
        return known["features"][[at[photo.file] for photo in photos]]


def _shares(photos: bool, frames: bool, mixes: bool) -> list[float]:
    """How much of a batch photographs, simulated windows, painted backgrounds and mixes are."""
    if photos and frames:
        return [0.2, 0.6, 0.05, 0.15] if mixes else [0.35, 0.6, 0.05, 0]
    if photos:
        return [0.6, 0, 0.07, 0.33] if mixes else [0.93, 0, 0.07, 0]
    return [0, 0.93, 0.07, 0]
