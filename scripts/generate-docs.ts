// Writes the documents that come from code; a test holds them to it.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { configJsonSchema, configReference } from '../src/config/reference.js';
import { asyncApiDocument, payloadSchemas } from '../src/uplink/asyncapi.js';

/** Where they lie. */
export const docsFolder = fileURLToPath(new URL('../docs', import.meta.url));

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

/** @returns each generated document by its path under docs/ */
export function generatedDocs(): ReadonlyMap<string, string> {
  return new Map([
    [
      'asyncapi.yaml',
      `# Written by "npm run docs" from src/uplink.\n${stringify(asyncApiDocument(), { lineWidth: 120 })}`,
    ],
    ['configuration.md', configReference()],
    ['config.schema.json', json(configJsonSchema())],
    ...[...payloadSchemas()].map(([name, schema]) => [`schemas/${name}`, json(schema)] as const),
  ]);
}

async function write(): Promise<void> {
  const documents = generatedDocs();
  await mkdir(join(docsFolder, 'schemas'), { recursive: true });
  for (const name of await readdir(join(docsFolder, 'schemas')))
    if (!documents.has(`schemas/${name}`)) await rm(join(docsFolder, 'schemas', name));
  for (const [name, text] of documents) {
    await mkdir(dirname(join(docsFolder, name)), { recursive: true });
    await writeFile(join(docsFolder, name), text);
  }
  console.log(`${documents.size} documents written to docs/`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await write();
