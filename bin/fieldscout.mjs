#!/usr/bin/env node
import { existsSync } from 'node:fs';

// The first command in a fresh clone makes it ready; an installed package is ready.
if (!existsSync(new URL('../dist/main.js', import.meta.url))) await import('../scripts/setup.mjs');
const { main } = await import('../dist/main.js');
await main(process.argv);
