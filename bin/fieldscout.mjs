#!/usr/bin/env node
import { existsSync } from 'node:fs';

// Since 1.29 onnxruntime writes down on what and how it ran, under an id of its own, and sends that to its maker unless this is set before it
// is loaded. It reads the process: what a worker sets reaches only the worker's copy.
process.env.ORT_DISABLE_TELEMETRY = '1';

// The first command in a fresh clone makes it ready; an installed package is ready.
if (!existsSync(new URL('../dist/main.js', import.meta.url))) await import('../scripts/setup.mjs');
const { main } = await import('../dist/main.js');
await main(process.argv);
