// Saves node state in a loop until it is killed: `node save-for-ever.mjs <node-state module> <file>`.
const [module, file] = process.argv.slice(2);
const { openNodeState } = await import(module);
const state = await openNodeState(file, (line) => console.error(line));
for (let i = 1; ; i += 1) {
  await state.save({ counts: { leaf: { day: String(i), filler: 'x'.repeat(50_000) } } });
  process.stdout.write(`${i}\n`);
}
