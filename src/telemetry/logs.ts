import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { errorLine } from '../errors.js';

/** Lines for people on a terminal, JSON for journald and files. */
export function createLogger(level: string, stream: NodeJS.WriteStream): Logger {
  outliveReader(stream);
  if (!stream.isTTY) {
    const formatters = { level: (label: string) => ({ level: label }) };
    return pino({ level, base: null, formatters, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  }
  return pino(
    { level, base: null },
    pretty({ translateTime: 'HH:MM:ss', singleLine: true, destination: stream, sync: true }),
  );
}

/** Whoever reads the log may go away (a closed terminal, a restarted journal): the node works on, and says so once where it still can. */
function outliveReader(stream: NodeJS.WriteStream): void {
  let said = false;
  stream.on('error', (error) => {
    if (said) return;
    said = true;
    process.stderr.write(`fieldscout: the log goes nowhere any more (${errorLine(error)}); the node goes on\n`);
  });
  // With standard error gone as well there is nobody left to tell.
  process.stderr.on('error', () => undefined);
}
