import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import debianTools from '../../scripts/debian-tools.json' with { type: 'json' };

/** What some tests need besides npm packages: a command or a library of a Debian package, or labelled pictures in FIELDSCOUT_EVAL_DIR. */
export type Need = keyof typeof debianTools | 'pictures';

declare module '@vitest/runner' {
  interface TaskMeta {
    /** Why a test could not run, for the report at the end. */
    missing?: readonly string[];
    /** Whether CI fails without it. Pictures are not free to be shipped, so that a machine may lack them. */
    required?: boolean;
  }
}

/**
 * Options that skip tests when something is missing, and have the closing report name them.
 * @example describe('mosquitto as the uplink', needs('mosquitto', 'mosquitto_sub'), () => { ... });
 */
export function needs(...all: readonly Need[]) {
  const absent = all.filter((need) => (need === 'pictures' ? evalDir === undefined : findTool(need) === undefined));
  return {
    skip: absent.length > 0,
    meta: { missing: absent.map(reasonFor), required: absent.some((need) => need !== 'pictures') },
  };
}

/** A COCO folder of real pictures (annotations.json, images/); undefined where nobody set one. */
export const evalDir = process.env.FIELDSCOUT_EVAL_DIR || undefined;

/**
 * Path of a command, also where Debian puts servers, which an ordinary user's PATH leaves out; or of a library's file, whose name
 * holds a "/", in /usr/lib or the folder there for the machine's architecture.
 */
export function findTool(name: string): string | undefined {
  if (name.includes('/')) return libraryFolders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

const LIBRARIES = '/usr/lib';
const libraryFolders = [
  LIBRARIES,
  ...(existsSync(LIBRARIES) ? readdirSync(LIBRARIES) : [])
    .filter((name) => name.includes('-linux-'))
    .map((name) => join(LIBRARIES, name)),
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // absent or not ours to run: that is the answer
  }
}

function reasonFor(need: Need): string {
  return need === 'pictures'
    ? 'FIELDSCOUT_EVAL_DIR is not set to a folder of labelled pictures'
    : `${need} is not installed (Debian package ${debianTools[need]})`;
}
