import { FieldscoutError } from '../errors.js';

export type DropReason = 'unreadable' | 'too-large' | 'outside' | 'masked' | 'inference' | 'failed';

/** Why a frame was not looked at. One that nothing foresaw costs that frame alone: the camera goes on with the next. */
export function dropReason(error: unknown): DropReason {
  if (!(error instanceof FieldscoutError)) return 'failed';
  switch (error.code) {
    case 'IMAGE_UNREADABLE':
      return 'unreadable';
    case 'IMAGE_TOO_LARGE':
      return 'too-large';
    case 'VIEW_OUTSIDE':
      return 'outside';
    case 'VIEW_MASKED':
      return 'masked';
    case 'INFERENCE_FAILED':
      return 'inference';
    default:
      return 'failed';
  }
}

/** Whether an error of the reason names its picture by itself. */
export function namesPicture(reason: DropReason): boolean {
  return isUnusable(reason) || hasNothingToLookAt(reason);
}

/** Whether the camera gave something of which no picture can be made. */
export function isUnusable(reason: DropReason): reason is 'unreadable' | 'too-large' {
  return reason === 'unreadable' || reason === 'too-large';
}

/** Whether crop or masks leave nothing of the picture. */
export function hasNothingToLookAt(reason: DropReason): reason is 'outside' | 'masked' {
  return reason === 'outside' || reason === 'masked';
}
