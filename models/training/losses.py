"""What training minimises."""

import numpy as np
import torch
from torch.nn import functional as F

from facts import TRUE, UNDECIDED


def contrastive(images: torch.Tensor, texts: torch.Tensor, scale: torch.Tensor, verdicts: np.ndarray) -> torch.Tensor:
    """
    Symmetric cross-entropy with several right answers (SupCon, arXiv:2004.11362, in both directions).

    float32[p, d], float32[c, d], int8[p, c]. Every true pair is pulled; undecided pairs stay out of the denominator, so
    that "a green aphid" is no mistake for a photograph whose colour nobody wrote down.
    """
    logits = (images @ texts.T * scale).masked_fill(torch.from_numpy(verdicts == UNDECIDED), -1e4)
    true = torch.from_numpy((verdicts == TRUE).astype(np.float32))
    return (_towards(logits, true) + _towards(logits.T, true.T)) / 2


def _towards(logits: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    counts = true.sum(1)
    rows = (F.log_softmax(logits, 1) * true).sum(1) / counts.clamp(min=1)
    return -rows[counts > 0].mean()


def distillation(mapped: torch.Tensor, teacher: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """1 - cosine between the mapped features and the teacher's standardised ones, where the teacher saw the crop."""
    if not bool(known.any()):
        return mapped.sum() * 0
    return (1 - F.cosine_similarity(mapped[known], teacher[known], dim=1)).mean()


def naming(images: torch.Tensor, names: torch.Tensor, scale: torch.Tensor, kinds: torch.Tensor, undecided: torch.Tensor) -> torch.Tensor:
    """
    Cross-entropy of the pictures' kinds over one name of every kind.

    float32[p, d], float32[k, d], kinds float32[p, k] with rows summing to 1 (soft where a teacher said them), bool[p, k].
    """
    logits = (images @ names.T * scale).masked_fill(undecided, -1e4)
    known = kinds.sum(1) > 0
    return -(F.log_softmax(logits, 1) * kinds).sum(1)[known].mean()
