import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** Lines for people on a terminal, JSON for journald and files. */
export function createLogger(level: string, stream: NodeJS.WriteStream): Logger {
  if (!stream.isTTY) return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  return pino({ level, base: null }, pretty({ translateTime: 'HH:MM:ss', destination: stream, sync: true }));
}
