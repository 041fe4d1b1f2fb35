import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from './needs.js';

/** What systemd would hear: Node.js has no unix datagram sockets, Python has. */
const LISTENER = `
import socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
print("LISTENING", flush=True)
while True:
    text = server.recv(65536).decode()
    print(text.replace("\\n", "|"), flush=True)
`;

export interface NotifySocket {
  readonly path: string;
  /** Each message so far, its assignments joined by "|". */
  readonly messages: readonly string[];
  stop(): Promise<void>;
}

/** A socket such as systemd gives to a unit of Type=notify, with a real listener. */
export async function openNotifySocket(): Promise<NotifySocket> {
  const dir = mkdtempSync(join(tmpdir(), 'fieldscout-notify-'));
  const path = join(dir, 'notify');
  const child: ChildProcess = spawn(findTool('python3') ?? 'python3', ['-c', LISTENER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const messages: string[] = [];
  let rest = '';
  const listening = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) line === 'LISTENING' ? resolve() : messages.push(line);
    });
  });
  await listening;
  return {
    path,
    // The barrier by which systemd-notify waits until its message was taken carries nothing.
    get messages() {
      return messages.filter((message) => message !== 'BARRIER=1' && message !== '');
    },
    async stop() {
      child.kill();
      await once(child, 'exit');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
