// A node with a camera's program that says nothing, to be killed: `node --import tsx camera-child.ts`. Tells the program's process id.
import { childOutput } from '../../src/capture/child-stream.js';

const silent = 'console.log(process.pid); setInterval(() => {}, 1000);';
const program = { command: process.execPath, args: ['-e', silent] };
for await (const chunk of childOutput(program, new AbortController().signal)) process.stdout.write(chunk);
