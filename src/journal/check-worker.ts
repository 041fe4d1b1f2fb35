import { parentPort, workerData } from 'node:worker_threads';
import { faultOf } from './recovering-store.js';
import { SqliteDatabase } from './sqlite.js';

/** Checks a large database beside the thread that writes it, which a reader does not hold up. */
const { file } = workerData as { readonly file: string };
const db = new SqliteDatabase(file, { readonly: true });
parentPort?.postMessage({ fault: faultOf(db) ?? null });
db.close();
