"""What the teacher makes of each crop: class probabilities by linear probes that never saw the photograph's source."""

import numpy as np
import torch

from facts import KIND_IDS, KIND_NAMES, kind_of

FOLDS = 3
STEPS = 150
# How much the folder's own label weighs beside the probes' opinion: a tenth of the labels of some folders are wrong.
LABEL_WEIGHT = 0.5


def soft_labels(features: np.ndarray, labels: list[str], groups: np.ndarray, train: np.ndarray, seed: int) -> np.ndarray:
    """features float16[n, crops, d] -> float32[n, crops, kinds], rows summing to 1. Held-out photographs teach no probe."""
    names = sorted(set(labels))
    truth = torch.tensor([names.index(label) for label in labels])
    count, crops, width = features.shape
    folds = np.random.default_rng([seed, 0xF0]).integers(0, FOLDS, int(groups.max()) + 1)[groups]
    shares, right = np.zeros((count, crops, len(names)), np.float32), 0
    for fold in range(FOLDS):
        known = train[folds[train] != fold]
        x = torch.from_numpy(features[known].astype(np.float32)).reshape(-1, width)
        probe = _fit(x, truth[known].repeat_interleave(crops), len(names), seed)
        asked = np.flatnonzero(folds == fold)
        with torch.no_grad():
            shares[asked] = probe(torch.from_numpy(features[asked].astype(np.float32))).softmax(-1).numpy()
        right += int((shares[asked].mean(1).argmax(-1) == truth[asked].numpy()).sum())
    print(f"probes on the teacher's features: {right / count:.1%} of the photographs of other sources", flush=True)
    kinds = np.zeros((count, crops, len(KIND_NAMES)), np.float32)
    columns = [KIND_IDS[kind_of(name)] for name in names]
    kinds[:, :, columns] = (1 - LABEL_WEIGHT) * shares
    kinds[np.arange(count), :, [columns[int(index)] for index in truth]] += LABEL_WEIGHT
    return kinds


def _fit(x: torch.Tensor, truth: torch.Tensor, classes: int, seed: int) -> torch.nn.Linear:
    torch.manual_seed(seed)
    probe = torch.nn.Linear(x.shape[1], classes)
    optimiser = torch.optim.AdamW(probe.parameters(), lr=0.02, weight_decay=0.3)
    balance = truth.bincount(minlength=classes).float().clamp(min=1).pow(-0.5)
    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = 0.02 * (1 - step / STEPS)
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(probe(x), truth, weight=balance).backward()
        optimiser.step()
    return probe
