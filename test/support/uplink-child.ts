// A node's uplink in a process of its own, to be killed: `node --import tsx uplink-child.ts <broker url>`.
import { pino } from 'pino';
import { MqttUplink } from '../../src/uplink/mqtt-uplink.js';
import { nodeTopics } from '../../src/uplink/topics.js';

const url = process.argv[2];
if (url === undefined) throw new Error('give the URL of a broker');
const topics = nodeTopics('fieldscout', 'farm', 'scout');
const settings = { url, protocolVersion: 4, clientId: 'scout', topics, version: '0.1.0' } as const;
new MqttUplink(settings, pino({ level: 'silent' })).start();
