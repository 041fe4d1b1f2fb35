// What a program does that trusts mqtt.js with its messages: `node plain-publisher-child.mjs <url> <file> <per second> <most>`.
// Each message is written down as taken on, then handed to mqtt.js (QoS 1, in-memory store, reconnect).
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import mqtt from 'mqtt';

const [url, file, perSecond, most] = process.argv.slice(2);
const TICK_MS = 20;
const filler = 'x'.repeat(1_000); // about the size of an event
let sequence = existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
let taken = 0;
let acknowledged = 0;

const client = mqtt.connect(url, { clientId: 'plain', clean: false, reconnectPeriod: 500 });
client.on('error', () => undefined); // the broker is away: it connects again

function take() {
  sequence += 1;
  taken += 1;
  const id = randomUUID();
  appendFileSync(file, `${sequence} ${id}\n`);
  const payload = JSON.stringify({ id, sequence, camera: 'bed', historical: false, filler });
  client.publish('fieldscout/farm/scout/cameras/bed/events', payload, { qos: 1 }, (error) => {
    if (!error) acknowledged += 1;
  });
}

let due = 0;
setInterval(() => {
  due += (Number(perSecond) * TICK_MS) / 1000;
  for (; due >= 1 && (Number(most) === 0 || taken < Number(most)); due -= 1) take();
}, TICK_MS);
setInterval(() => process.send({ acknowledged, taken, rssBytes: process.memoryUsage().rss }), 200);
process.on('disconnect', () => process.exit(1));
console.log('publishing');
