// Asks the node in the same container whether it lives. Ends with 0 where it does, with 1 and a line on standard error where not.
const url = process.argv[2] ?? 'http://127.0.0.1:8080/healthz';
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(8_000) });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
} catch (error) {
  console.error(`fieldscout: ${url}: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
