import { FieldscoutError } from '../errors.js';

/** Why a frame was not looked at. One that nothing foresaw costs that frame alone: the camera goes on with the next. */
export function dropReason(error: unknown): string {
  if (!(error instanceof FieldscoutError)) return 'failed';
  switch (error.code) {
    case 'IMAGE_UNREADABLE':
      return 'unreadable';
    case 'IMAGE_TOO_LARGE':
      return 'too-large';
    case 'VIEW_OUTSIDE':
      return 'outside';
    case 'INFERENCE_FAILED':
      return 'inference';
    default:
      return 'failed';
  }
}

/** Whether an error of the reason names its picture by itself. */
export function namesPicture(reason: string): boolean {
  return reason === 'unreadable' || reason === 'too-large' || reason === 'outside';
}
