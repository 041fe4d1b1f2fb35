"""Fits temperature and bias on half of the held-out crops, measures the calibration error on the other half, writes the manifest."""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from augment import normalise
from captions import class_prompts
from data import Corpus, token_ids
from held_out import held_out_crops
from model import EMBEDDING_SIZE, MAX_TOKENS
from onnx_model import OnnxModel
from words import KINDS, MODEL_NEGATIVES

BINS = 15
WINDOWS = 4000


def expected_calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Mean distance of confidence and accuracy over `BINS` equal bins, weighted by cases (Guo et al., arXiv:1706.04599)."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in range(BINS) if (bins == b).any()]
    return float(sum(gaps))


def fit_scale(cosines: list[np.ndarray], truth: list[np.ndarray]) -> float:
    """The softmax scale of the least cross-entropy, over sets of candidates of different lengths."""
    tables = [(torch.from_numpy(table), torch.from_numpy(labels)) for table, labels in zip(cosines, truth)]
    cases = sum(len(labels) for _, labels in tables)

    def entropy(scale: float) -> float:
        total = sum(torch.nn.functional.cross_entropy(table * scale, labels, reduction="sum") for table, labels in tables)
        return float(total) / cases

    scales = np.geomspace(2, 100, 400)
    return float(scales[int(np.argmin([entropy(scale) for scale in scales]))])


def calibrate_folder(folder: Path, corpus: Corpus) -> dict:
    """
    Writes fieldscout-model.json and calibration.json, and returns the latter.

    A softmax is blind to a bias that all candidates share, so the bias is 0 for a model of kind `clip`.
    """
    model, tokenizer = OnnxModel(folder), Tokenizer.from_file(str(folder / "tokenizer.json"))
    fitted, measured = [], []
    for name, (crops, labels, names) in held_out_crops(corpus, WINDOWS).items():
        texts = [class_prompts(each) for each in names] + [[f"a photo of {text}."] for text in MODEL_NEGATIVES if not said_by(names, text)]
        bank = torch.nn.functional.normalize(torch.stack([model.text(token_ids(group, tokenizer)).mean(0) for group in texts]), dim=1)
        images = torch.cat([model.image(normalise(crops[start : start + 64])) for start in range(0, len(crops), 64)])
        table, truth = (images @ bank.T).numpy(), np.array([names.index(label) for label in labels])
        fitting = _fitting_half(name, corpus, len(labels))
        fitted.append((table[fitting], truth[fitting]))
        measured.append((name, table[~fitting], truth[~fitting]))
    scale = fit_scale([table for table, _ in fitted], [truth for _, truth in fitted])
    report = {"logitScale": scale, "logitBias": 0, "fittedOn": sum(len(truth) for _, truth in fitted), "measured": {}}
    everything = []
    for name, table, truth in measured:
        confidence, right = _confidence(table, truth, scale)
        everything.append((confidence, right))
        report["measured"][name] = {"cases": len(truth), "top1": float(right.mean()), "ece": expected_calibration_error(confidence, right)}
    confidence, right = (np.concatenate(parts) for parts in zip(*everything))
    report["measured"]["all"] = {"cases": len(right), "top1": float(right.mean()), "ece": expected_calibration_error(confidence, right)}
    (folder / "calibration.json").write_text(json.dumps(report, indent=1) + "\n")
    write_manifest(folder, scale)
    return report


def said_by(names: list[str], negative: str) -> bool:
    """Whether a background prompt names what one of the names does: it would take that name's share."""
    return any(name in names and any(other in negative for other in kind.names) for kind in KINDS.values() for name in kind.names)


def _fitting_half(source: str, corpus: Corpus, cases: int) -> np.ndarray:
    """bool[cases]: whole source groups for photographs, so that no photograph is fitted on and measured."""
    if source != "photographs":
        return np.arange(cases) < cases // 2
    groups = corpus.groups[np.flatnonzero(corpus.held)]
    return np.array([hashlib.sha256(f"{corpus.seed}/{group}".encode()).digest()[0] % 2 == 0 for group in groups])


def _confidence(table: np.ndarray, truth: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    logits = table * scale
    shares = np.exp(logits - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    return shares.max(1), (shares.argmax(1) == truth).astype(float)


def write_manifest(folder: Path, scale: float) -> None:
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in ("fieldscout-model.json", "MODEL_CARD.md", "calibration.json", "evaluation.json"):
            files[name] = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
    manifest = {
        "id": "scout-tiny", "kind": "clip", "logitScale": scale, "logitBias": 0, "embeddingSize": EMBEDDING_SIZE, "maxTokens": MAX_TOKENS,
        "centreSampled": True, "negatives": list(MODEL_NEGATIVES),
        "files": files, "licence": "Apache-2.0", "source": "trained by the Fieldscout project",
        "note": "A small model for first contact, tests and demonstrations: it knows the words of vocabulary.json (see MODEL_CARD.md). "
        "tokenizer.json is CLIP's byte-pair vocabulary by OpenAI, MIT licence.",
    }  # fmt: skip
    (folder / "fieldscout-model.json").write_text(json.dumps(manifest, indent=2) + "\n")
