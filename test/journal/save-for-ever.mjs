// Saves node state in a loop until it is killed: `node save-for-ever.mjs <node-state module> <file>`.
const [module, file] = process.argv.slice(2);
const { openNodeState } = await import(module);
const state = await openNodeState(file, (line) => console.error(line));
for (let i = 1; ; i += 1) {
  const counts = { days: { [`day ${i}`]: {} }, lastHourMs: { aphid: Array.from({ length: 5_000 }, (_, k) => k) } };
  await state.save({ cameras: { leaf: { counts, raised: [] } } });
  process.stdout.write(`${i}\n`);
}
