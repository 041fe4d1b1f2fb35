import { createRequire } from 'node:module';
import type Sqlite from 'better-sqlite3';

/**
 * better-sqlite3, in the line that this Node can run. 13 is built on Node-API 10 and one binary, which it brings along, serves every
 * release that has it (Node 22.14 and later). 12 is the last line for Node 20, is compiled for one release line, and in a worker
 * thread aborts the process on Node 24.
 */
const line = Number(process.versions.napi) >= 10 ? 'better-sqlite3-node-api' : 'better-sqlite3';

export const SqliteDatabase = createRequire(import.meta.url)(line) as typeof Sqlite;
