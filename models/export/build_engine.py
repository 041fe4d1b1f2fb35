"""Makes a TensorRT engine with onnxruntime's Python API: what `fieldscout models build-engine --python` runs.

For an onnxruntime-node that can load an engine but not make one, as that of npm on x86-64: its binding passes no options of TensorRT on. Takes
one task as JSON in its first argument (src/clip/engine-protocol.ts) and writes an EPContext model. Needs onnxruntime-gpu and numpy, with the
TensorRT and CUDA that the node uses.
"""

import json
import sys

import numpy as np
import onnxruntime as ort

PROVIDER = "TensorrtExecutionProvider"


def main() -> None:
    task = json.loads(sys.argv[1])
    job = task["job"]
    source, side, batch = job["sourceFile"], job["inputSize"], job["key"]["batchSize"]
    if PROVIDER not in ort.get_available_providers():
        raise SystemExit("onnxruntime of this Python has no TensorRT provider: install onnxruntime-gpu")
    inputs = ort.InferenceSession(source, providers=["CPUExecutionProvider"]).get_inputs()
    picture = next(entry for entry in inputs if len(entry.shape) == 4)

    def shape(count: int) -> str:
        return f"{picture.name}:{count}x3x{side}x{side}"

    options = {
        "trt_fp16_enable": job["key"]["precision"] == "fp16",
        "trt_profile_min_shapes": shape(1),
        "trt_profile_opt_shapes": shape(batch),
        "trt_profile_max_shapes": shape(batch),
        "trt_timing_cache_enable": True,
        "trt_timing_cache_path": task["timingDir"],
        "trt_dump_ep_context_model": True,
        "trt_ep_context_file_path": task["contextFile"],
        "trt_ep_context_embed_mode": 1,
    }
    session = ort.InferenceSession(source, providers=[(PROVIDER, options)])
    if PROVIDER not in session.get_providers():
        raise SystemExit("the TensorRT provider does not start: its libraries are not found, or do not fit")
    kind = np.float16 if picture.type == "tensor(float16)" else np.float32
    session.run(None, {picture.name: np.zeros((batch, 3, side, side), kind)})


if __name__ == "__main__":
    main()
