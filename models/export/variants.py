"""Writes the fp16 and QInt8 variants of a model folder beside its fp32 files.

    python variants.py my-model            # both
    python variants.py my-model --only int8
    npx fieldscout models compare my-model --pictures pictures/

fp16: weights and arithmetic in half precision, inputs and outputs stay float32 (for GPUs; on a CPU it is slower than fp32).
int8: signed weights of matrix products, activations quantised while it runs (for CPUs).
"""

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from onnxruntime.transformers.float16 import convert_float_to_float16

TOWERS = ("vision_model", "text_model")


def write_fp16(source: Path, target: Path) -> bool:
    onnx.save(convert_float_to_float16(onnx.load(source), keep_io_types=True), target)
    return True


def write_int8(source: Path, target: Path) -> bool:
    """False where no product of the model has fp32 weights, as where they are stored quantised already: nothing is written then."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        # MatMul alone: QInt8 convolutions have no fast kernel on most CPUs, and the first layer costs little.
        quantize_dynamic(str(prepared), str(target), op_types_to_quantize=["MatMul", "Gemm"], weight_type=QuantType.QInt8)
    if any(node.op_type == "MatMulInteger" for node in onnx.load(target, load_external_data=False).graph.node):
        return True
    target.unlink()
    return False


WRITERS = {"fp16": write_fp16, "int8": write_int8}


def list_files(folder: Path, written: list) -> None:
    """Hashes of what was written, where the folder's manifest holds those of its files."""
    path = folder / "fieldscout-model.json"
    if not path.exists():
        return
    manifest = json.loads(path.read_text())
    if not manifest.get("files"):
        return
    for file in written:
        data = file.read_bytes()
        name = file.relative_to(folder).as_posix()
        manifest["files"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    path.write_text(json.dumps(manifest, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a model folder with onnx/vision_model.onnx and onnx/text_model.onnx")
    parser.add_argument("--only", choices=sorted(WRITERS), action="append", help="this variant alone")
    args = parser.parse_args()
    written = []
    for tower in TOWERS:
        source = args.folder / "onnx" / f"{tower}.onnx"
        if not source.exists():
            raise SystemExit(f"{source} is missing: the variants are made from the fp32 files")
        for precision in args.only or sorted(WRITERS):
            target = source.with_name(f"{tower}_{precision}.onnx")
            if not WRITERS[precision](source, target):
                print(f"{source} has no fp32 weights to quantise: no {target.name} is written")
                continue
            written.append(target)
            print(f"{target} ({target.stat().st_size / 1e6:.1f} MB, fp32 {source.stat().st_size / 1e6:.1f} MB)")
    list_files(args.folder, written)


if __name__ == "__main__":
    main()
