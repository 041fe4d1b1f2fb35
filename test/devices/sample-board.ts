import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * A file system's root with files such as a board has, in the form that public documentation gives (device-tree texts with their closing
 * NUL). Written by hand: none was recorded from a board.
 */
export async function sampleBoard(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'board-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

const l4t = (release: string) =>
  `# ${release}, GCID: 38968081, BOARD: generic, EABI: aarch64, DATE: Wed Jan  8 01:49:37 UTC 2025\n`;
const R36 = l4t('R36 (release), REVISION: 4.3');
const R35 = l4t('R35 (release), REVISION: 5.0');

/** Models and releases as public documentation and other people's logs give them, written by hand: none was recorded from a board. */
export const boards = [
  ['jetson-orin-nano-8gb', 'arm64', 7620, 'NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super', R36],
  ['jetson-orin-nano-4gb', 'arm64', 3620, 'NVIDIA Jetson Orin Nano Developer Kit', R36],
  ['jetson-orin-nx', 'arm64', 15655, 'NVIDIA Jetson Orin NX Engineering Reference Developer Kit', R36],
  ['jetson-agx-orin', 'arm64', 62841, 'NVIDIA Jetson AGX Orin Developer Kit', R36],
  ['jetson-xavier-nx', 'arm64', 6854, 'NVIDIA Jetson Xavier NX Developer Kit', R35],
  ['raspberry-pi-4', 'arm64', 3794, 'Raspberry Pi 4 Model B Rev 1.4', null],
  ['raspberry-pi-5', 'arm64', 8052, 'Raspberry Pi 5 Model B Rev 1.0', null],
] as const;
