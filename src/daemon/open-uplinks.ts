import type { Logger } from 'pino';
import { EmbeddedBroker } from '../broker/embedded-broker.js';
import type { Config } from '../config/schema.js';
import { errorLine } from '../errors.js';
import type { Journal } from '../journal/journal.js';
import type { NodeStateFile } from '../journal/node-state.js';
import type { BrokerLogin, HeardMessage } from '../uplink/broker-session.js';
import { HomeAssistantAnnouncer } from '../uplink/home-assistant/announcer.js';
import { MqttUplink } from '../uplink/mqtt-uplink.js';
import { commandAddress, type Topics } from '../uplink/topics.js';
import type { RunningLine } from './build-line.js';
import { announcedNode } from './home-assistant-node.js';
import { NodeCommands } from './node-commands.js';
import { Outgoing } from './outgoing.js';
import { standingAlert } from './standing-alert.js';
import { embeddedLogin, farmLogin } from './uplink-login.js';

export interface UplinkSurroundings {
  readonly config: Config;
  readonly baseDir: string;
  readonly version: string;
  readonly topics: Topics;
  readonly journal: Journal;
  readonly state: NodeStateFile;
  readonly lines: readonly RunningLine[];
  readonly tellHealth: () => void;
  /** The uplink's broker can be reached, or it cannot and why; also each time that it is tried in vain. */
  readonly onUplink: (isUp: boolean, reason: string | null) => void;
  readonly log: Logger;
}

export interface NodeUplinks {
  readonly outgoing: Outgoing;
  readonly commands: NodeCommands;
  readonly announcer: HomeAssistantAnnouncer;
  /** Undefined where it is switched off. */
  readonly broker: EmbeddedBroker | undefined;
  /** Where the findings go. */
  readonly url: string;
}

/**
 * The ways out of the node: the farm's broker where one is configured, and the embedded one, which is the uplink where there is no other
 * and serves the page where there is.
 */
export async function openUplinks(node: UplinkSurroundings): Promise<NodeUplinks> {
  const { config, baseDir, topics, journal, state, lines, version } = node;
  const log = node.log.child({ part: 'uplink' });
  const heard = (message: HeardMessage) => {
    commands.heard(message);
    announcer.heard(message);
  };
  const farm = await farmLogin(config, baseDir);
  const embedded = config.broker.enabled ? await openBroker(node, heard) : undefined;
  const announcer = new HomeAssistantAnnouncer({
    isEnabled: config.homeAssistant.enabled,
    prefix: config.homeAssistant.discoveryPrefix,
    node: () => announcedNode(config, version, topics, lines),
    before: state.data.homeAssistant,
    remember: (homeAssistant) => {
      state
        .save({ homeAssistant })
        .catch((error: unknown) => log.warn(`what Home Assistant was told is not written down: ${errorLine(error)}`));
    },
    publish: (message) => outgoing.publishToFarm(message),
    random: Math.random,
  });
  const { maxInFlight, backlogPerSecond, budget } = config.mqtt;
  const settings = { topics, version, maxInFlight, backlogPerSecond };
  const first = farm ?? (embedded as OpenBroker).login;
  const alert = await standingAlert(journal, topics, (line) => log.warn(line));
  const uplink = new MqttUplink({ ...first, ...settings, ...(farm ? { budget } : {}) }, log, {
    outbox: journal.outbox,
    retained: new Map(alert),
    budgetUse: state.data.budget,
    onTurn: node.onUplink,
    listening: { filters: [...topics.commandFilters, ...announcer.filters], heard },
  });
  const page =
    farm && embedded
      ? new MqttUplink({ ...embedded.login, ...settings }, log, {
          retained: new Map(alert),
          listening: { filters: topics.commandFilters, heard },
        })
      : undefined;
  const outgoing = new Outgoing({ journal, uplink, page, log });
  const commands = new NodeCommands({
    topics,
    cameras: new Map(lines.map(({ camera, controls }) => [camera.id, controls])),
    state,
    tellHealth: node.tellHealth,
    publish: (message) => outgoing.publish(message),
    log,
  });
  outgoing.start();
  commands.sayStates();
  announcer.update();
  return { outgoing, commands, announcer, broker: embedded?.broker, url: first.url };
}

interface OpenBroker {
  readonly broker: EmbeddedBroker;
  /** The daemon's own. */
  readonly login: BrokerLogin;
}

async function openBroker(
  { config, baseDir, topics, log }: UplinkSurroundings,
  heard: (message: HeardMessage) => void,
): Promise<OpenBroker> {
  const login = await embeddedLogin(config, baseDir);
  // A packet is a snapshot, or a frame's detections, with its topic.
  const maxPacketBytes = Math.max(1 << 20, config.snapshots.maxBytes + (64 << 10));
  const commands = {
    isCommand: (topic: string) => commandAddress(topic, topics) !== undefined,
    retained: (topic: string, body: Buffer) => heard({ topic, body, retain: true }),
  };
  const broker = new EmbeddedBroker({ ...login, maxPacketBytes, commands }, log.child({ part: 'broker' }));
  const address = await broker.listen();
  if (address.moved) log.info(`Port 1883 is taken: the broker uses ${address.port}. Set broker.port to choose one.`);
  const clientId = `fieldscout-${config.site.id}-${config.node}`;
  return { broker, login: { url: address.url, protocolVersion: 4, clientId, ...broker.daemonCredentials } };
}
