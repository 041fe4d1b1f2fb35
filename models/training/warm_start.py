"""The weights of an exported model folder, put back into a student to go on from."""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from model import Student, TextTower

# The norm that export folded into the convolution before it.
NORM_OF = {"first": "first_norm", "second": "second_norm", "0": "1", "1": "2"}


def load_model_folder(folder: Path, student: Student) -> None:
    """
    `student` then gives the folder's embeddings; tokens that the folder does not know keep their first values, and so does the map
    onto the teacher's features, which no folder has. `settle_norms` makes it fit to be trained.

    Raises ValueError where the folder holds another architecture.
    """
    try:
        weights = {**_tower(folder / "onnx/vision_model.onnx", "image"), **_tower(folder / "onnx/text_model.onnx", "text")}
        tokens = np.flatnonzero(weights.pop("text.rows").numpy())
    except KeyError as error:
        raise ValueError(f"{folder} is no folder of this architecture: nothing is known of {error}.") from error
    rename_rows(weights, tokens.tolist(), student.text)
    for name, module in student.image.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            weights[f"image.{name}.running_mean"] = torch.zeros(module.num_features)
            weights[f"image.{name}.running_var"] = torch.full((module.num_features,), 1 - module.eps)
            weights[f"image.{name}.weight"] = torch.ones(module.num_features)
    own = student.state_dict()
    for name, value in weights.items():
        if name not in own or own[name].shape != value.shape:
            raise ValueError(f"{folder} is no folder of this architecture: {name} {tuple(value.shape)} has no place in it.")
    left = {name for name in own if name not in weights and not name.endswith("num_batches_tracked")}
    if left != {"log_scale", "to_teacher.weight", "to_teacher.bias", "text.mask"}:
        raise ValueError(f"{folder} is no folder of this architecture: it lacks {', '.join(sorted(left))}.")
    weights["log_scale"] = torch.tensor(json.loads((folder / "config.json").read_text())["logit_scale"]).log()
    student.load_state_dict(weights, strict=False)


@torch.no_grad()
def settle_norms(student: Student, pixels: torch.Tensor) -> None:
    """
    Gives each norm the mean and variance of what it meets in `pixels`, float32[n, 3, s, s], and undoes them by its weight and bias:
    the student says the same as before, and goes on saying it where norms use a batch's own statistics.
    """
    norms = [module for module in student.image.modules() if isinstance(module, nn.BatchNorm2d)]
    met: dict[nn.BatchNorm2d, tuple[torch.Tensor, torch.Tensor]] = {}
    hooks = [norm.register_forward_pre_hook(lambda norm, given: met.__setitem__(norm, _moments(given[0]))) for norm in norms]
    student.image.eval()(pixels)
    for hook in hooks:
        hook.remove()
    for norm, (mean, variance) in met.items():
        # What the norm is as one factor and one summand a channel.
        factor = norm.weight / (norm.running_var + norm.eps).sqrt()
        summand = norm.bias - norm.running_mean * factor
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_(factor * (variance + norm.eps).sqrt())
        norm.bias.copy_(summand + mean * factor)


def rename_rows(weights: dict, tokens: list[int], tower: TextTower) -> None:
    """Puts the rows of the tokens that `weights` knows where this tower has them; new tokens keep their first values."""
    fresh = tower.tokens.weight.detach().clone()
    old = weights["text.tokens.weight"]
    fresh[0] = old[0]
    for row, token in enumerate(sorted(tokens), 1):
        if int(tower.rows[token]) > 0:
            fresh[int(tower.rows[token])] = old[row]
    weights["text.tokens.weight"], weights["text.rows"] = fresh, tower.rows


def _moments(values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return values.mean((0, 2, 3)), values.var((0, 2, 3))


def _tower(path: Path, tower: str) -> dict[str, torch.Tensor]:
    """The file's weights by the names that the tower's modules have."""
    graph = onnx.load(path).graph
    stored = {each.name.removesuffix(".half"): torch.from_numpy(numpy_helper.to_array(each).copy()) for each in graph.initializer}
    found = {f"{tower}.{name}": value for name, value in stored.items() if not name.startswith("onnx::") and name != "mask"}
    for node in graph.node:
        module = f"{tower}.{_module(node.name)}"
        if node.op_type == "Conv":
            parent, last = module.rsplit(".", 1)
            found[f"{module}.weight"], found[f"{parent}.{NORM_OF[last]}.bias"] = (stored[name] for name in node.input[1:3])
        elif node.op_type == "MatMul" and node.input[1] in stored:
            found[f"{module}.weight"] = stored[node.input[1]].T.contiguous()
    return {name: value.float() if value.is_floating_point() else value for name, value in found.items()}


def _module(node: str) -> str:
    """/stages/stages.1/shortcut/shortcut.1/Conv -> stages.1.shortcut.1"""
    parts = node.split("/")[1:-1]
    return ".".join(part for part, following in zip(parts, [*parts[1:], ""]) if not following.startswith(f"{part}."))
