import type { FrameSource } from '../capture/frame-source.js';
import type { CameraConfig } from '../config/camera-schema.js';
import { errorLine, FieldscoutError } from '../errors.js';
import { loadPromptSets, type PromptPlaces } from '../prompts/load.js';
import { decodeImage } from '../vision/decode.js';
import type { View } from '../vision/view.js';
import { failure } from './failure.js';
import { type Finding, fine, wrong } from './finding.js';

/**
 * Takes one picture and decodes it.
 * @param open the camera as the node opens it
 * @param withinMs how long the camera may take
 * @param view what of its picture the node looks at
 */
export async function checkCamera(
  id: string,
  open: () => FrameSource,
  withinMs: number,
  view?: View,
): Promise<Finding> {
  const check = `camera ${id}`;
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), withinMs);
  const startMs = performance.now();
  let offline: string | undefined;
  let bad: string | undefined;
  const report = {
    dropped: (reason: string, line: string) => {
      bad ??= `${reason}: ${line}`;
    },
    state: (state: 'online' | 'offline' | 'asleep', line?: string) => {
      if (state === 'offline') offline ??= line ?? 'it gives no reason';
    },
  };
  try {
    for await (const { bytes, origin } of open().frames(waiting.signal, report)) {
      const { width, height } = await decodeImage(bytes, origin, view);
      return fine(check, `${width}x${height} pixels in ${Math.round(performance.now() - startMs)} ms`);
    }
  } catch (error) {
    if (!waiting.signal.aborted) return failure(check, causeOf(error), error, 'Check cameras[].source.');
  } finally {
    clearTimeout(timer);
    waiting.abort();
  }
  if (bad !== undefined)
    return wrong(check, 'fail', 'camera-unreadable', bad, 'Does the address give pictures, in JPEG, PNG or WebP?');
  if (offline !== undefined)
    return wrong(check, 'fail', 'camera-offline', offline, 'Check cable, power and address of the camera.');
  const message = `no picture within ${withinMs / 1000} s`;
  return wrong(
    check,
    'warn',
    'camera-silent',
    message,
    'A watched folder that is empty has none to give; else wait longer.',
  );
}

function causeOf(error: unknown): string {
  const code = error instanceof FieldscoutError ? error.code : undefined;
  if (code === 'SOURCE_INVALID' || code === 'VIEW_OUTSIDE' || code === 'VIEW_MASKED') return 'camera-invalid';
  return code === 'IMAGE_UNREADABLE' || code === 'IMAGE_TOO_LARGE' ? 'camera-unreadable' : 'camera-offline';
}

/** Whether the prompt sets of a camera can be read. @param placed how a name becomes a path, where it is one */
export async function checkPrompts(
  { id, prompts }: CameraConfig,
  places: PromptPlaces,
  placed: (name: string) => string,
): Promise<Finding> {
  const check = `prompts ${id}`;
  try {
    const { targets } = await loadPromptSets(prompts.map(placed), places);
    return fine(check, `${targets.length} targets in ${prompts.join(', ')}`);
  } catch (error) {
    if (!(error instanceof FieldscoutError)) throw new Error(errorLine(error), { cause: error });
    return failure(check, 'prompts-invalid', error);
  }
}
