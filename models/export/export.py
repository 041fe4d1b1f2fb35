"""Turns a CLIP or SigLIP checkpoint into the folder layout that Fieldscout reads, and measures how far the two agree.

    python export.py open_clip ViT-B-16 out/ --pretrained checkpoint.pt --tokenizer tokenizer.json
    python export.py transformers path/to/siglip out/
    python export.py open_clip ViT-B-16 out/ --random 7      # random weights, for the parity report alone
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch

OPSET = 17
# Batches of the parity report: an export that froze the batch size fails at the second.
BATCHES = (1, 3)
LEAST_COSINE = 0.9999
# How far export and original may lie apart, as a share of how far two inputs do.
MOST_OF_CONTROL = 0.001


class Image(torch.nn.Module):
    """pixel_values float32[n, 3, side, side] -> image_embeds float32[n, width]; with `fold` it takes pixels of 0 to 1."""

    def __init__(self, model, encode, mean, std, fold):
        super().__init__()
        self.model = model  # a submodule, so that tracing takes its weights for parameters
        self.encode, self.fold = encode, fold
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))

    def forward(self, pixel_values):
        return self.encode((pixel_values - self.mean) / self.std if self.fold else pixel_values)


class Text(torch.nn.Module):
    """input_ids int64[n, tokens] -> text_embeds float32[n, width]"""

    def __init__(self, model, encode):
        super().__init__()
        self.model = model
        self.encode = encode

    def forward(self, input_ids):
        return self.encode(input_ids)


def from_open_clip(args):
    import open_clip

    model = open_clip.create_model(args.model, pretrained=args.pretrained)
    visual = model.visual
    side = visual.image_size[0] if isinstance(visual.image_size, (tuple, list)) else visual.image_size
    mean = getattr(visual, "image_mean", None) or open_clip.OPENAI_DATASET_MEAN
    std = getattr(visual, "image_std", None) or open_clip.OPENAI_DATASET_STD
    bias = getattr(model, "logit_bias", None)
    return dict(
        model=model, image=model.encode_image, text=model.encode_text, side=side, mean=mean, std=std,
        tokens=model.context_length, vocabulary=model.vocab_size,
        kind="clip" if bias is None else "siglip", scale=model.logit_scale.exp().item(),
        bias=0.0 if bias is None else bias.item(), squash=bias is not None,
    )


def from_transformers(args):
    from transformers import AutoConfig, AutoModel

    config = AutoConfig.from_pretrained(args.model)
    model = AutoModel.from_config(config) if args.random is not None else AutoModel.from_pretrained(args.model)
    siglip = config.model_type.startswith("siglip")

    def features(output):
        return output if torch.is_tensor(output) else output.pooler_output

    half = [0.5, 0.5, 0.5]
    return dict(
        model=model,
        image=lambda pixels: features(model.get_image_features(pixel_values=pixels)),
        text=lambda ids: features(model.get_text_features(input_ids=ids)),
        side=config.vision_config.image_size,
        mean=half if siglip else [0.48145466, 0.4578275, 0.40821073],
        std=half if siglip else [0.26862954, 0.26130258, 0.27577711],
        tokens=config.text_config.max_position_embeddings, vocabulary=config.text_config.vocab_size,
        kind="siglip" if siglip else "clip", scale=model.logit_scale.exp().item(),
        bias=model.logit_bias.item() if siglip else 0.0, squash=siglip,
    )


def export(module, example, path, name, output):
    torch.onnx.export(
        module, (example,), str(path), input_names=[name], output_names=[output], opset_version=OPSET, dynamo=False,
        dynamic_axes={name: {0: "batch"}, output: {0: "batch"}},
    )


def cosine_of(ours, theirs):
    return (ours * theirs).sum(-1) / np.linalg.norm(ours, axis=-1) / np.linalg.norm(theirs, axis=-1)


def agreement(module, path, name, inputs):
    """Least cosine between ONNX and original over the same inputs, and the control: the greatest between two different inputs, both of the
    original. A model that says nearly the same of everything, as one with random weights may, would agree with any other of its kind."""
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    ours, theirs = [], []
    for batch in inputs:
        with torch.no_grad():
            ours.append(session.run(None, {name: batch.numpy()})[0].astype(np.float64))
            theirs.append(module(batch).numpy().astype(np.float64))
    ours, theirs = np.concatenate(ours), np.concatenate(theirs)
    across = cosine_of(theirs[:, None], theirs[None])
    return float(cosine_of(ours, theirs).min()), float(across[~np.eye(len(theirs), dtype=bool)].max())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", choices=["open_clip", "transformers"])
    parser.add_argument("model", help="a name of open_clip, or a folder or id for transformers")
    parser.add_argument("out", type=Path)
    parser.add_argument("--pretrained", help="open_clip's checkpoint: a file or a tag")
    parser.add_argument("--random", type=int, metavar="SEED", help="random weights instead of a checkpoint")
    parser.add_argument("--tokenizer", type=Path, help="tokenizer.json of the model")
    parser.add_argument("--fold-normalisation", action="store_true", help="the ONNX file takes pixels of 0 to 1")
    args = parser.parse_args()
    torch.backends.mha.set_fastpath_enabled(False)  # the fused attention has no counterpart in ONNX
    torch.manual_seed(args.random or 0)
    parts = (from_open_clip if args.library == "open_clip" else from_transformers)(args)
    parts["model"].eval()

    onnx = args.out / "onnx"
    onnx.mkdir(parents=True, exist_ok=True)
    image = Image(parts["model"], parts["image"], parts["mean"], parts["std"], args.fold_normalisation).eval()
    text = Text(parts["model"], parts["text"]).eval()
    side, tokens = parts["side"], parts["tokens"]
    pixels = [torch.rand(n, 3, side, side) for n in BATCHES]
    ids = [torch.randint(1, parts["vocabulary"] - 1, (n, tokens)) for n in BATCHES]
    # CLIP pools at the highest id, which ends a text.
    for batch in ids:
        batch[:, tokens // 2] = parts["vocabulary"] - 1
    with torch.no_grad():
        export(image, pixels[0], onnx / "vision_model.onnx", "pixel_values", "image_embeds")
        export(text, ids[0], onnx / "text_model.onnx", "input_ids", "text_embeds")

    def write(name, value):
        (args.out / name).write_text(json.dumps(value, indent=2) + "\n")

    write("config.json", {"model_type": parts["kind"], "text_config": {"max_position_embeddings": tokens}})
    write("preprocessor_config.json", {
        "do_resize": True, "do_center_crop": not parts["squash"], "do_rescale": True, "do_normalize": True,
        "rescale_factor": 1 / 255, "resample": 3,
        "size": {"height": side, "width": side} if parts["squash"] else {"shortest_edge": side},
        "crop_size": {"height": side, "width": side},
        "image_mean": [0, 0, 0] if args.fold_normalisation else list(parts["mean"]),
        "image_std": [1, 1, 1] if args.fold_normalisation else list(parts["std"]),
    })
    if args.tokenizer:
        shutil.copy(args.tokenizer, args.out / "tokenizer.json")
    with torch.no_grad():
        width = image(pixels[0]).shape[1]
    write("fieldscout-model.json", {
        "id": args.out.name, "kind": parts["kind"], "logitScale": parts["scale"], "logitBias": parts["bias"],
        "embeddingSize": width, "maxTokens": tokens, "files": {},
    })
    image_least, image_control = agreement(image, onnx / "vision_model.onnx", "pixel_values", pixels)
    text_least, text_control = agreement(text, onnx / "text_model.onnx", "input_ids", ids)
    report = {
        "model": f"{args.library} {Path(args.model).name}",
        "weights": "random" if args.random is not None else "checkpoint",
        "normalisationFolded": args.fold_normalisation,
        "leastCosine": {"image": image_least, "text": text_least},
        "controlCosine": {"image": image_control, "text": text_control},
        "batches": BATCHES,
        "versions": {"torch": torch.__version__, "onnxruntime": ort.__version__},
    }
    write("parity.json", report)
    print(json.dumps(report, indent=2))
    for tower, least in report["leastCosine"].items():
        control = report["controlCosine"][tower]
        if least < LEAST_COSINE or 1 - least > MOST_OF_CONTROL * (1 - control):
            raise SystemExit(f"the {tower} model does not agree with the original")


if __name__ == "__main__":
    main()
