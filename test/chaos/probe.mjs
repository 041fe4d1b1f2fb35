// Loaded into a daemon before its own code (NODE_OPTIONS=--import): answers questions over the IPC channel, and ends the daemon
// when the harness is gone. The daemon itself knows nothing of it.
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.send) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const ms = (nanoseconds) => nanoseconds / 1e6;
  const answers = {
    memory() {
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc');
      collect();
      collect();
      const { rss, heapUsed, external } = process.memoryUsage();
      return {
        rssBytes: rss,
        heapBytes: heapUsed,
        externalBytes: external,
        files: readdirSync('/proc/self/fd').length,
      };
    },
    watchLoop() {
      delay.reset();
      delay.enable();
      return {};
    },
    loop() {
      // Without work a tick comes after the resolution: that is not a gap.
      return {
        p50Ms: ms(delay.percentile(50)),
        p99Ms: ms(delay.percentile(99)),
        maxMs: ms(delay.max),
        ticks: delay.count,
      };
    },
  };
  process.on('message', ({ number, ask }) => process.send({ number, answer: answers[ask]() }));
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref();
}
