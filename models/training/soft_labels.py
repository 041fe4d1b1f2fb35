"""What the teacher makes of each crop: class probabilities by linear probes that never saw the photograph's source."""

import numpy as np
import torch

from facts import KIND_IDS, KIND_NAMES, kind_of

FOLDS = 3
STEPS = 150
# How much the folder's own label weighs beside the probes' opinion: a tenth of the labels of some folders are wrong.
LABEL_WEIGHT = 0.5


class Probes:
    """Linear probes on standardised teacher features, each of which never saw the photographs of its fold. Held-out photographs teach none."""

    def __init__(self, raw: np.ndarray, labels: list[str], groups: np.ndarray, train: np.ndarray, seed: int):
        """raw float[n, crops, d] as the teacher gave them, for photographs of these labels and groups of copies."""
        sample = raw[train].reshape(-1, raw.shape[-1]).astype(np.float32)
        self.mean, self.deviation = sample.mean(0), sample.std(0) + 1e-3
        self.names = sorted(set(labels))
        self.truth = torch.tensor([self.names.index(label) for label in labels])
        self.columns = [KIND_IDS[kind_of(name)] for name in self.names]
        self.fold_of = np.random.default_rng([seed, 0xF0]).integers(0, FOLDS, int(groups.max()) + 1)[groups]
        features, self.probes = self.standardise(raw), []
        for fold in range(FOLDS):
            known = train[self.fold_of[train] != fold]
            x = torch.from_numpy(features[known].astype(np.float32)).reshape(-1, features.shape[-1])
            self.probes.append(_fit(x, self.truth[known].repeat_interleave(features.shape[1]), len(self.names), seed))

    def standardise(self, raw: np.ndarray) -> np.ndarray:
        """float16 of the same shape."""
        return ((raw.astype(np.float32) - self.mean) / self.deviation).astype(np.float16)

    @torch.no_grad()
    def kinds_of(self, features: np.ndarray, folds: np.ndarray) -> np.ndarray:
        """Standardised features float16[n, ..., d], their photographs' folds int[n] -> float32[n, ..., kinds], rows summing to 1."""
        kinds = np.zeros((*features.shape[:-1], len(KIND_NAMES)), np.float32)
        for fold, probe in enumerate(self.probes):
            asked = np.flatnonzero(folds == fold)
            shares = probe(torch.from_numpy(features[asked].astype(np.float32))).softmax(-1).numpy()
            chosen = np.zeros((*shares.shape[:-1], len(KIND_NAMES)), np.float32)
            chosen[..., self.columns] = shares
            kinds[asked] = chosen
        return kinds

    def soft_labels(self, features: np.ndarray) -> np.ndarray:
        """Standardised features float16[n, crops, d] of the photographs -> float32[n, crops, kinds]: label and opinion, rows summing to 1."""
        opinion = self.kinds_of(features, self.fold_of)
        columns = np.array(self.columns)[self.truth.numpy()]
        right = (opinion.mean(1).argmax(-1) == columns).mean()
        print(f"probes on the teacher's features: {right:.1%} of the photographs of other sources", flush=True)
        kinds = (1 - LABEL_WEIGHT) * opinion
        kinds[np.arange(len(kinds)), :, columns] += LABEL_WEIGHT
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
