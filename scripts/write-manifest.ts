// Writes fieldscout-model.json for a model folder: hashes what is there and takes the rest from the command line.
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { hashFile } from '../src/models/file-hash.js';
import { type FileFacts, MANIFEST_NAME, manifestSchema, writeManifest } from '../src/models/manifest.js';

const number = (text: string) => Number(text);

const command = new Command('write-manifest')
  .argument('<dir>', 'model folder')
  .requiredOption('--id <id>')
  .requiredOption('--kind <clip|siglip>')
  .requiredOption('--logit-scale <number>', 'learnt scale, after exp()', number)
  .option('--logit-bias <number>', 'learnt bias', number, 0)
  .requiredOption('--embedding-size <number>', 'length of the embeddings', number)
  .option('--max-tokens <number>', 'longest token sequence', number)
  .option('--centre-sampled', 'trained so that a tile is of a target where its middle lies on it')
  .option('--negatives <text...>', 'background prompts of its own')
  .option('--licence <text>')
  .option('--source <text>')
  .option('--note <text>')
  .parse();

const [dir] = command.args as [string];
const { maxTokens, ...facts } = command.opts();
const entries = await readdir(dir, { recursive: true, withFileTypes: true });
const files: Record<string, FileFacts> = {};
for (const entry of entries.filter((e) => e.isFile() && /\.(onnx|onnx_data|json)$/.test(e.name))) {
  const path = relative(dir, join(entry.parentPath, entry.name));
  if (path !== MANIFEST_NAME) files[path] = await hashFile(join(dir, path));
}
const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeManifest(dir, manifestSchema.parse({ ...facts, ...(maxTokens ? { maxTokens } : {}), files: sorted }));
console.log(`${join(dir, MANIFEST_NAME)}: ${Object.keys(files).length} files`);
