// The few files of onnxruntime's source that the build for a Jetson patches or reads names from, as Debian's archive of that release has
// them. The tests check against the copies in test/fixtures; this fetches the archive anew and compares, or writes the copies.
//   node scripts/onnxruntime-sources.mjs [--write] [archive.tar.xz]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RELEASE = '1.21.0';
/** The source that Debian packages as onnxruntime 1.21.0+dfsg-1; the hash is that of its signed index of trixie. */
const ARCHIVE = `http://deb.debian.org/debian/pool/main/o/onnxruntime/onnxruntime_${RELEASE}+dfsg.orig.tar.xz`;
const ARCHIVE_SHA256 = '32df1f82bd6b07b18372c0f387133214905cbde7a586b3ad83f0ed0075f80273';
const FOLDER = `onnxruntime-${RELEASE}`;
const BUILD_OPTIONS = 'build-options.txt';
const BUILD_SCRIPT = 'tools/ci_build/build.py';
const COPIED = [
  'LICENSE',
  'VERSION_NUMBER',
  'include/onnxruntime/core/providers/tensorrt/tensorrt_provider_options.h',
  'js/node/src/inference_session_wrap.cc',
  'js/node/src/inference_session_wrap.h',
  'js/node/src/main.cc',
  'js/node/src/session_options_helper.cc',
  'js/node/src/tensor_helper.cc',
  'onnxruntime/core/providers/tensorrt/tensorrt_execution_provider_info.cc',
];

const copies = fileURLToPath(new URL(`../test/fixtures/${FOLDER}/`, import.meta.url));
const args = process.argv.slice(2);
const temporary = mkdtempSync(join(tmpdir(), 'fieldscout-onnxruntime-'));
try {
  await main(
    args.includes('--write'),
    args.find((arg) => !arg.startsWith('--')),
  );
} catch (error) {
  console.error(`fieldscout: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

async function main(isWriting, given) {
  const archive = given ?? (await fetched());
  const hash = createHash('sha256').update(readFileSync(archive)).digest('hex');
  if (hash !== ARCHIVE_SHA256) throw new Error(`${archive} has the SHA-256 ${hash}, not ${ARCHIVE_SHA256}`);
  console.log(`${archive}: SHA-256 as pinned`);
  const files = unpacked(archive);
  const changed = [];
  for (const [name, bytes] of Object.entries(files)) {
    const copy = join(copies, name);
    if (isWriting) {
      mkdirSync(dirname(copy), { recursive: true });
      writeFileSync(copy, bytes);
    } else if (!isSame(copy, bytes)) changed.push(name);
    console.log(`${changed.includes(name) ? 'DIFFERS' : isWriting ? 'written' : 'same'}  ${name}`);
  }
  if (changed.length > 0) throw new Error(`${copies} is not what the archive holds: run this with --write`);
}

/** Downloads the archive, 38 MB. */
async function fetched() {
  console.log(`fetching ${ARCHIVE}`);
  const answer = await fetch(ARCHIVE).catch((error) => {
    throw new Error(`${ARCHIVE} cannot be reached: ${error.cause?.message ?? error.message}. ${ELSEWHERE}`);
  });
  if (!answer.ok) throw new Error(`${ARCHIVE}: HTTP ${answer.status}. ${ELSEWHERE}`);
  const file = join(temporary, 'archive.tar.xz');
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  return file;
}

/** Debian drops a version once no release has it; snapshot.debian.org keeps all. */
const ELSEWHERE = 'Fetch the file by its name from snapshot.debian.org, and give its path as argument';

/** @returns bytes by name: the files that are copied, and the build's options as read from its script */
function unpacked(archive) {
  const names = [...COPIED, BUILD_SCRIPT].map((name) => `${FOLDER}/${name}`);
  const run = spawnSync('tar', ['-xJf', archive, '-C', temporary, ...names], { stdio: ['ignore', 2, 2] });
  if (run.error) throw new Error(`tar could not be started (${run.error.message}): install tar and xz-utils`);
  if (run.status !== 0) throw new Error(`${archive} could not be unpacked: see the lines above`);
  const read = (name) => readFileSync(join(temporary, FOLDER, name));
  const declared = read(BUILD_SCRIPT)
    .toString('utf8')
    .matchAll(/\.add_argument\(\s*"(--\w+)"/g);
  const options = Array.from(declared, ([, option]) => option);
  return {
    ...Object.fromEntries(COPIED.map((name) => [name, read(name)])),
    [BUILD_OPTIONS]: Buffer.from(`${[...new Set(options)].sort().join('\n')}\n`),
  };
}

function isSame(file, bytes) {
  try {
    return readFileSync(file).equals(bytes);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}
