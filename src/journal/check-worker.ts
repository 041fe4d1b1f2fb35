import { parentPort, workerData } from 'node:worker_threads';
import SqliteDatabase from 'better-sqlite3';
import { faultOf } from './recovering-store.js';

/** Checks a large database beside the thread that writes it, which a reader does not hold up. */
const { file } = workerData as { readonly file: string };
const db = new SqliteDatabase(file, { readonly: true });
parentPort?.postMessage({ fault: faultOf(db) ?? null });
db.close();
