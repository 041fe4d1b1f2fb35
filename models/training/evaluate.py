"""Top-1 over class names on a COCO folder, as `fieldscout eval` measures it: squared box with a 30 % margin."""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer

from augment import normalise
from captions import class_prompts
from data import token_ids
from model import SIDE

MARGIN = 1.3


def square_crop(box: list[float], width: int, height: int) -> tuple[int, int, int, int]:
    """left, top, right, bottom of the square around a box, moved into the picture and cut where that is smaller."""
    side = max(1, round(max(box[2], box[3]) * MARGIN))
    w, h = min(side, width), min(side, height)
    left = max(0, min(round(box[0] + box[2] / 2 - w / 2), width - w))
    top = max(0, min(round(box[1] + box[3] / 2 - h / 2), height - h))
    return left, top, left + w, top + h


def coco_crops(annotations: Path) -> tuple[np.ndarray, list[str], list[str]]:
    """uint8[n, 128, 128, 3], each crop's category, all categories."""
    truth = json.loads(annotations.read_text(encoding="utf-8"))
    categories = {category["id"]: category["name"] for category in truth["categories"]}
    images = {image["id"]: image for image in truth["images"]}
    crops, labels = [], []
    for annotation in truth["annotations"]:
        image = Image.open(annotations.parent / images[annotation["image_id"]]["file_name"]).convert("RGB")
        crop = image.crop(square_crop(annotation["bbox"], *image.size))
        # A crop that the picture's edge made oblong is pressed into the square, as the product does.
        crops.append(np.asarray(crop.resize((SIDE, SIDE), Image.Resampling.BICUBIC)))
        labels.append(categories[annotation["category_id"]])
    return np.stack(crops), labels, sorted(set(categories.values()))


@torch.no_grad()
def top1_by_class(model, tokenizer: Tokenizer, crops: np.ndarray, labels: list[str], names: list[str]) -> dict:
    """`model` has `image` and `text`, each a callable on tensors. Returns top1 (mean over crops) and right/all by class."""
    if isinstance(model, torch.nn.Module):
        model.eval()
    texts = torch.stack([model.text(token_ids(class_prompts(name), tokenizer)).mean(0) for name in names])
    texts = torch.nn.functional.normalize(texts, dim=1)
    images = torch.cat([model.image(normalise(crops[start : start + 64])) for start in range(0, len(crops), 64)])
    chosen = [names[index] for index in (images @ texts.T).argmax(1).tolist()]
    total, right = Counter(labels), Counter(label for label, choice in zip(labels, chosen) if label == choice)
    mistakes = Counter((label, choice) for label, choice in zip(labels, chosen) if label != choice)
    return {
        "top1": sum(right.values()) / len(labels),
        "cases": len(labels),
        "classes": {name: f"{right[name]}/{total[name]}" for name in sorted(total)},
        "mistakes": {f"{label} -> {choice}": count for (label, choice), count in mistakes.most_common(12)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("annotations", type=Path, help="COCO file")
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--model", type=Path, metavar="DIR", help="a model folder")
    group.add_argument("--checkpoint", type=Path, metavar="FILE", help="checkpoint.pt of a run that goes on")
    parser.add_argument("--tokenizer", type=Path, default=Path(__file__).parent.parent / "scout-tiny" / "tokenizer.json")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    if chosen.model:
        from onnx_model import OnnxModel

        model = OnnxModel(chosen.model)
    else:
        from model import Student

        state = torch.load(chosen.checkpoint, weights_only=False)
        model = Student(state["tokens"])
        model.load_state_dict(state["average"])
        print(f"step {state['step']}, {state['crops']} crops, {state['seconds'] / 60:.1f} min")
    print(json.dumps(top1_by_class(model, Tokenizer.from_file(str(chosen.tokenizer)), *coco_crops(chosen.annotations)), indent=1))


if __name__ == "__main__":
    main()
