import type { WriteStream } from 'node:tty';
import { Presets, SingleBar } from 'cli-progress';
import type { PullProgress } from '../models/pull.js';

export interface PullProgressView {
  readonly show: (progress: PullProgress) => void;
  /** May be called more than once. */
  readonly stop: () => void;
}

/** A bar a file on a terminal; elsewhere one line a file. */
export function pullProgress(stream: WriteStream): PullProgressView {
  return stream.isTTY ? bars(stream) : lines(stream);
}

/** Bytes as people read them. */
export function readableBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function lines(stream: NodeJS.WritableStream): PullProgressView {
  let current = '';
  return {
    show({ path, file, files, totalBytes }) {
      if (path === current) return;
      current = path;
      const size = totalBytes === null ? '' : ` (${readableBytes(totalBytes)})`;
      stream.write(`fetching ${file}/${files} ${path}${size}\n`);
    },
    stop: () => undefined,
  };
}

function bars(stream: WriteStream): PullProgressView {
  let bar: SingleBar | null = null;
  let current = '';
  const stop = () => {
    bar?.stop();
    bar = null;
  };
  return {
    show({ path, file, files, receivedBytes, totalBytes }) {
      const total = Math.max((totalBytes ?? receivedBytes) / 1e6, 1e-6);
      if (bar === null || path !== current) {
        stop();
        current = path;
        bar = new SingleBar(
          {
            format: `${file}/${files} ${path} {bar} {value}/{total} MB | {eta_formatted} left`,
            stream,
            forceRedraw: true,
          },
          Presets.shades_classic,
        );
        bar.start(rounded(total), 0);
      }
      bar.setTotal(rounded(total));
      bar.update(rounded(receivedBytes / 1e6));
    },
    stop,
  };
}

const rounded = (megabytes: number) => Math.round(megabytes * 10) / 10;
