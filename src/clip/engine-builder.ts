import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { errorLine } from '../errors.js';
import type { EngineBinding, Started } from '../models/engine-cache.js';
import type { EngineJob } from '../models/engine-job.js';
import { engineProgramEntry, pythonEngineProgram } from '../paths.js';
import type { EngineTask } from './engine-protocol.js';

export interface EngineBuilderParts {
  /** Script of the engine program, run by this Node. */
  readonly program?: string;
  /** A Python with onnxruntime-gpu, which builds in the program's place; what it built is proved by this Node all the same. */
  readonly python?: string | undefined;
  /** Told every `everyMs` while it works. */
  readonly progress?: (elapsedMs: number) => void;
  readonly everyMs?: number;
  /** Told once where it cannot work at low priority. */
  readonly warn?: (line: string) => void;
  /** Gives a process low priority; another one in tests. */
  readonly giveWay?: (pid: number) => void;
  /** Longer than any engine of a CLIP model should take; then it is killed. */
  readonly limitMs?: number;
}

const LIMIT_MS = 90 * 60_000;
const EVERY_MS = 60_000;
const TELL_BYTES = 8_192;

/** Builds and proves engines in a process of their own, at low priority: the node serves meanwhile. */
export class EngineBuilder implements EngineBinding {
  private hasWarned = false;

  constructor(private readonly parts: EngineBuilderParts = {}) {}

  build(job: EngineJob, contextFile: string, signal: AbortSignal, started?: Started): Promise<void> {
    return this.run('build', job, contextFile, signal, started);
  }

  prove(job: EngineJob, contextFile: string, signal: AbortSignal, started?: Started): Promise<void> {
    return this.run('prove', job, contextFile, signal, started);
  }

  private async run(
    step: EngineTask['step'],
    job: EngineJob,
    contextFile: string,
    signal: AbortSignal,
    started?: Started,
  ): Promise<void> {
    signal.throwIfAborted();
    const { program = engineProgramEntry, python, progress, everyMs = EVERY_MS, limitMs = LIMIT_MS } = this.parts;
    const timingDir = join(dirname(dirname(contextFile)), 'timing');
    await mkdir(timingDir, { recursive: true });
    const task: EngineTask = { step, job, contextFile, timingDir };
    const beganMs = performance.now();
    const ticking = setInterval(() => progress?.(performance.now() - beganMs), everyMs);
    try {
      const [command, script] =
        step === 'build' && python !== undefined ? [python, pythonEngineProgram] : [process.execPath, program];
      const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      await runProgram(command, script, task, limited, (pid) => {
        this.giveWay(pid);
        started?.(pid);
      });
    } catch (error) {
      if (!signal.aborted && performance.now() - beganMs >= limitMs)
        throw new Error(`it took longer than ${Math.round(limitMs / 60_000)} minutes`);
      throw error;
    } finally {
      clearInterval(ticking);
    }
  }

  private giveWay(pid: number): void {
    const { warn, giveWay = lowPriority } = this.parts;
    try {
      giveWay(pid);
    } catch (error) {
      // It has ended already, and how is told by that.
      if ((error as NodeJS.ErrnoException).code === 'ESRCH' || this.hasWarned) return;
      this.hasWarned = true;
      warn?.(`engines are built at the same priority as all else, and may slow it down: ${errorLine(error)}`);
    }
  }
}

const lowPriority = (pid: number) => setPriority(pid, constants.priority.PRIORITY_LOW);

function runProgram(
  command: string,
  script: string,
  task: EngineTask,
  signal: AbortSignal,
  started: Started,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [script, JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
    });
    if (child.pid !== undefined) started(child.pid);
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told = (told + text).slice(-TELL_BYTES);
    });
    let fault: Error | undefined;
    child.once('error', (error) => {
      fault = error;
      if (child.pid === undefined) reject(error);
    });
    // Not before: one that was stopped still has the GPU, and the files, until it has ended.
    child.once('close', (code, killedBy) => {
      const last = told.trim().split('\n').at(-1) ?? '';
      if (fault) reject(fault);
      else if (code === 0) resolve();
      else if (killedBy)
        reject(
          new Error(
            `its process was ended by ${killedBy}${killedBy === 'SIGKILL' ? ', as the system does where memory runs out' : ''}`,
          ),
        );
      else reject(new Error(last === '' ? `its process ended with code ${code}` : last));
    });
  });
}
