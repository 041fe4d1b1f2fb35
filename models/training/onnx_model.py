"""A written model folder, run by ONNX Runtime as the product runs it."""

from pathlib import Path

import numpy as np
import onnxruntime
import torch


class OnnxModel:
    def __init__(self, folder: Path, threads: int = 2):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.vision, self.language = (
            onnxruntime.InferenceSession(str(folder / "onnx" / name), options, providers=["CPUExecutionProvider"])
            for name in ("vision_model.onnx", "text_model.onnx")
        )

    def image(self, pixels: torch.Tensor) -> torch.Tensor:
        """float32[n, 3, 128, 128] -> float32[n, 256]"""
        return torch.from_numpy(self.vision.run(None, {"pixel_values": np.ascontiguousarray(pixels.numpy())})[0])

    def text(self, ids: torch.Tensor) -> torch.Tensor:
        """int64[n, length] -> float32[n, 256]"""
        return torch.from_numpy(self.language.run(None, {"input_ids": ids.numpy()})[0])
