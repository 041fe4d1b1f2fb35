import { resolve } from 'node:path';

/** An id stays an id; what has a slash or begins with a dot is a folder, relative to the configuration. */
export function modelPlace(model: string, baseDir: string): string {
  return model.startsWith('.') || model.includes('/') ? resolve(baseDir, model) : model;
}
