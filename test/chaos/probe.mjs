// Loaded into a daemon before its own code (NODE_OPTIONS=--import), in its worker threads too: answers questions over the IPC
// channel, and ends the daemon when the harness is gone. The daemon itself knows nothing of it.
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

/** Workers have heaps of their own, which the main thread cannot collect. */
const COLLECTED_WITHIN_MS = 200;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const channel = new BroadcastChannel('chaos-collect');
channel.unref();

if (!isMainThread) channel.onmessage = () => collect();
else if (process.send) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const ms = (nanoseconds) => nanoseconds / 1e6;
  const answers = {
    async memory() {
      channel.postMessage('collect');
      collect();
      await new Promise((resolve) => setTimeout(resolve, COLLECTED_WITHIN_MS));
      collect();
      const { rss, heapUsed, external } = process.memoryUsage();
      const files = readdirSync('/proc/self/fd').length;
      return { rssBytes: rss, heapBytes: heapUsed, externalBytes: external, files };
    },
    watchLoop() {
      delay.reset();
      delay.enable();
      return {};
    },
    loop() {
      const { max, count } = delay;
      return { p50Ms: ms(delay.percentile(50)), p99Ms: ms(delay.percentile(99)), maxMs: ms(max), ticks: count };
    },
  };
  process.on('message', async ({ number, ask }) => process.send({ number, answer: await answers[ask]() }));
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref();
}
