"""Real photographs in class folders with a manifest.csv, kept small in memory, with augmented copies found and grouped."""

import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from facts import COLOUR_IDS, UNKNOWN, kind_of, picture, thing

STORED_SIDE = 176
HELD_OUT_SHARE = 0.1
# Not the run's seed: of the same pictures, a run that begins with the weights of another must not learn from what that one held out.
SPLIT = 7
# Standardised teacher features of two augmented copies of one photograph lie nearer than this (cosine).
COPY_SIMILARITY = 0.75


@dataclass(frozen=True)
class Photo:
    """One photograph of a class folder."""

    path: Path
    file: str
    label: str
    fine: str
    source: str
    licence: str
    facts: np.ndarray


def read_manifest(folder: Path) -> list[Photo]:
    """Every picture of a folder's manifest.csv. Raises KeyError for a label that words.py has no kind for."""
    with open(folder / "manifest.csv", newline="", encoding="utf-8") as lines:
        return [_photo(folder, row) for row in csv.DictReader(lines)]


def _photo(folder: Path, row: dict[str, str]) -> Photo:
    fine = row.get("fine_label") or ""
    colour = next((word for word in re.findall("[a-z]+", fine.lower()) if word in COLOUR_IDS), None)
    facts = picture([thing(kind_of(row["label"]), colour, UNKNOWN)])
    source = f"{row.get('source_repo', '')}/{row.get('source_path', '')}"
    return Photo(folder / row["file"], row["file"], row["label"], fine, source, row.get("licence", ""), facts)


def group_by_source(photos: list[Photo], features: np.ndarray | None) -> np.ndarray:
    """
    int[n]: pictures of one number come from one photograph.

    Pictures of one source path are one group (several boxes of one photograph), and so are pictures of one label whose
    teacher features nearly agree: that is how augmented copies without a common name are found.
    """
    parent = np.arange(len(photos))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    first: dict[str, int] = {}
    for index, photo in enumerate(photos):
        parent[root(index)] = root(first.setdefault(photo.source, index))
    if features is not None:
        vectors = features.astype(np.float32)
        vectors = (vectors - vectors.mean(0)) / (vectors.std(0) + 1e-3)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        for label in sorted({photo.label for photo in photos}):
            members = np.array([index for index, photo in enumerate(photos) if photo.label == label])
            near = vectors[members] @ vectors[members].T > COPY_SIMILARITY
            for a, b in zip(*np.nonzero(np.triu(near, 1))):
                parent[root(members[a])] = root(members[b])
    return np.array([root(index) for index in range(len(photos))])


def hold_out(photos: list[Photo], groups: np.ndarray) -> np.ndarray:
    """bool[n]: a tenth of each label's groups, drawn by a hash of their sources, so that no photograph is on both sides."""
    names = {group: min(photos[i].source for i in np.flatnonzero(groups == group)) for group in np.unique(groups)}
    held = np.zeros(len(photos), bool)
    for label in sorted({photo.label for photo in photos}):
        members = np.array([photo.label == label for photo in photos])
        own = sorted(np.unique(groups[members]), key=lambda g: hashlib.sha256(f"{SPLIT}:{names[g]}".encode()).digest())
        wanted = HELD_OUT_SHARE * members.sum()
        for group in own:
            inside = (groups == group) & members
            if held[inside].all():
                continue
            # A group larger than the tenth itself would take most of a label with it.
            if inside.sum() <= max(2, 0.5 * wanted) and (held & members).sum() + inside.sum() <= wanted + 1:
                # With its pictures of other labels.
                held |= groups == group
    return held


def load_small(photos: list[Photo]) -> list[np.ndarray]:
    """uint8[height, width, 3] of each, its shorter side at most `STORED_SIDE` px."""
    return [np.asarray(_shrunk(Image.open(photo.path).convert("RGB"))) for photo in photos]


def _shrunk(image: Image.Image) -> Image.Image:
    scale = STORED_SIDE / min(image.size)
    if scale >= 1:
        return image
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)


def sampling_weights(photos: list[Photo], groups: np.ndarray) -> np.ndarray:
    """float[n], sum 1: labels by the square root of their photographs, photographs of a label alike, copies shared among them."""
    copies = np.bincount(groups, minlength=groups.max() + 1)[groups].astype(float)
    # The square root keeps some worth of many copies: they are turned and cut differently.
    each = copies**-0.5
    labels = np.array([photo.label for photo in photos])
    weights = np.zeros(len(photos))
    for label in np.unique(labels):
        inside = labels == label
        weights[inside] = each[inside] / each[inside].sum() * each[inside].sum() ** 0.5
    return weights / weights.sum()
