"""Writes a trained student as a model folder in Hugging Face's ONNX layout."""

import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from augment import MEAN, STD
from model import EMBEDDING_SIZE, END_TOKEN, SIDE, Student

OPSET = 17
# Smaller tensors (biases, scales) stay in full precision: they weigh nothing.
SMALLEST_HALVED = 2048


def export_model(student: Student, tokenizer: Path, folder: Path, words: list[str]) -> None:
    """`student` must be in float32; the folder is complete but for fieldscout-model.json, which calibration writes."""
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    student = student.eval()
    _write(student.image.to(memory_format=torch.contiguous_format), torch.zeros(2, 3, SIDE, SIDE), folder / "onnx/vision_model.onnx",
           "pixel_values", "image_embeds", {0: "batch"})  # fmt: skip
    ids = torch.tensor([[49406, 320, END_TOKEN, END_TOKEN], [49406, 320, 320, END_TOKEN]])
    _write(student.text, ids, folder / "onnx/text_model.onnx", "input_ids", "text_embeds", {0: "batch", 1: "sequence"})
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    config = tokenizer.with_name("tokenizer_config.json")
    if config.exists():
        shutil.copyfile(config, folder / "tokenizer_config.json")
    scale = student.log_scale.exp().item()
    _json(folder / "config.json", {"model_type": "clip", "projection_dim": EMBEDDING_SIZE, "logit_scale": scale})
    _json(folder / "preprocessor_config.json", {
        "image_processor_type": "CLIPImageProcessor", "feature_extractor_type": "CLIPFeatureExtractor",
        "crop_size": {"height": SIDE, "width": SIDE}, "do_center_crop": True, "do_convert_rgb": True, "do_normalize": True,
        "do_rescale": True, "do_resize": True, "image_mean": [round(v, 8) for v in MEAN.flatten().tolist()],
        "image_std": [round(v, 8) for v in STD.flatten().tolist()], "resample": 3, "rescale_factor": 1 / 255,
        "size": {"shortest_edge": SIDE},
    })  # fmt: skip
    (folder / "vocabulary.json").write_text(json.dumps({"words": words}, separators=(",", ":")) + "\n")


def _write(tower: nn.Module, example: torch.Tensor, path: Path, given: str, result: str, axes: dict[int, str]) -> None:
    with warnings.catch_warnings():
        # The tracing exporter is the one that folds batch norms into the convolutions before them.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            tower, (example,), str(path), input_names=[given], output_names=[result], opset_version=OPSET, dynamo=False,
            dynamic_axes={given: axes, result: {0: "batch"}},
        )  # fmt: skip
    model = onnx.load(path)
    store_in_half(model)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    _prove_same(tower, example, path, given)


def store_in_half(model: onnx.ModelProto) -> None:
    """
    Weights are kept as float16 and turned back into float32 when the file is loaded (ONNX Runtime folds the casts), which
    halves the file and costs no time at run time.
    """
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < SMALLEST_HALVED:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    for index, cast in enumerate(casts):
        model.graph.node.insert(index, cast)


def _prove_same(tower: nn.Module, example: torch.Tensor, path: Path, given: str) -> None:
    """Raises ValueError where the file says anything else than the trained tower."""
    if example.is_floating_point():
        example = torch.randn(example.shape, generator=torch.Generator().manual_seed(0))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    got = torch.from_numpy(session.run(None, {given: example.numpy()})[0])
    with torch.no_grad():
        nearness = float((got * tower(example)).sum(1).min())
    if nearness < 0.9995:
        raise ValueError(f"{path} gives embeddings at a cosine of {nearness:.5f} from the trained tower's; at least 0.9995 is right.")


def _json(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n")
