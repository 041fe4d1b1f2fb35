import ort from 'onnxruntime-node';

/**
 * Has onnxruntime carry float16 tensors as their bits in Uint16Array on every Node. Where JavaScript has Float16Array (Node 24),
 * its JavaScript half insists on that, while its native half sees such an array as empty ("not enough space: expected
 * 6144, got 0", onnxruntime-node 1.30). It looks for the class once, at the first tensor: that one is made while the
 * class is out of sight.
 */
export function takeHalfPrecisionAsBits(): void {
  const scope = globalThis as { Float16Array?: unknown };
  const { Float16Array: half } = scope;
  if (half === undefined) return;
  scope.Float16Array = undefined;
  try {
    new ort.Tensor('float32', new Float32Array(1), [1]);
  } finally {
    scope.Float16Array = half;
  }
}
