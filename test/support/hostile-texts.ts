/** A file that a person may have written, cut off or mixed up, and the line where the fault lies. */
export interface HostileText {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Where the message must point; undefined where the fault is the whole file. */
  readonly line?: number;
  readonly says: RegExp;
}

const bad = (name: string, content: string | Uint8Array, says: RegExp, line?: number): HostileText => ({
  name,
  content,
  says,
  ...(line !== undefined && { line }),
});

/** Nine levels of ten aliases each would be a thousand million values. */
const BOMB = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`),
].join('\n');

const BINARY = Uint8Array.from({ length: 2048 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 24) & 0xff);

/** Faults that any YAML file may have. */
function brokenYaml(): readonly HostileText[] {
  return [
    bad('open-quote.yaml', 'title: "Aphids\ntargets: []\n', /not YAML/),
    bad('open-bracket.yaml', 'title: Aphids\ntargets: [\n', /not YAML/),
    bad('tab.yaml', 'title: Aphids\ntargets:\n\t- id: aphid\n', /not YAML: .*tab/i, 3),
    bad('indent.yaml', 'title: Aphids\n   targets: []\n', /not YAML/, 1),
    bad('twice.yaml', 'title: Aphids\ntitle: Bees\n', /not YAML: .*unique/, 2),
    bad('two-documents.yaml', 'title: a\n---\ntitle: b\n', /not YAML/),
    bad('unknown-alias.yaml', 'title: *nobody\n', /alias/i),
    bad('bomb.yaml', BOMB, /alias/i),
    bad('binary.yaml', BINARY, /not YAML|expected/),
    bad('utf16.yaml', Buffer.from('\ufefftitle: Aphids\n', 'utf16le'), /not YAML|expected|Unrecognized/),
    bad('scalar.yaml', 'just words\n', /the file: .*object/, 1),
    bad('number.yaml', '42\n', /the file: .*object/, 1),
    bad('list.yaml', '- a\n- b\n', /the file: .*object/, 1),
    bad('huge.yaml', `title: ${'x'.repeat(2_000_000)}\n`, /larger than 1000000 bytes/),
    bad('deep.yaml', `title: ${'['.repeat(5000)}`, /not YAML|expected|nest/i),
    bad('json-cut-off.yaml', '{"title": "Aphids", "targets": [{"id": "a', /not YAML/),
    bad('prototype.yaml', '__proto__: {polluted: true}\ntitle: Aphids\n', /__proto__|missing|Unrecognized/),
    bad('tag.yaml', 'title: !!js/function "function () {}"\nunknown: 1\n', /Unrecognized key|not YAML|missing/),
  ];
}

const GOOD_TARGET = '  - id: aphid\n    name: Aphid\n    prompts: [a green aphid]\n';

export function hostilePromptFiles(): readonly HostileText[] {
  const set = (rest: string) => `title: Aphids\n${rest}`;
  const target = (rest: string) => set(`targets:\n  - id: aphid\n    name: Aphid\n${rest}`);
  return [
    ...brokenYaml(),
    bad('empty.yaml', '', /missing/, 1),
    bad('comment.yaml', '# nothing yet\n', /missing/, 1),
    bad('null.yaml', 'null\n', /missing/, 1),
    bad('unknown-key.yaml', set(`colour: green\ntargets:\n${GOOD_TARGET}`), /Unrecognized key.*colour/, 2),
    bad('no-title.yaml', `targets:\n${GOOD_TARGET}`, /title: it is missing/),
    bad('no-targets.yaml', 'title: Aphids\n', /targets: it is missing/),
    bad('targets-empty.yaml', set('targets: []\n'), /at least one target/, 2),
    bad('targets-text.yaml', set('targets: aphids\n'), /targets: .*array/, 2),
    bad('targets-mapping.yaml', set('targets: {aphid: [a green aphid]}\n'), /targets: .*array/, 2),
    bad('target-null.yaml', set('targets:\n  - \n'), /targets\.0/),
    bad('title-number.yaml', `title: 7\ntargets:\n${GOOD_TARGET}`, /title: .*string/, 1),
    bad('title-empty.yaml', `title: ""\ntargets:\n${GOOD_TARGET}`, /title/, 1),
    bad('id-with-space.yaml', set('targets:\n  - id: green aphid\n    name: A\n    prompts: [a]\n'), /lower-case/, 3),
    bad('id-path.yaml', set('targets:\n  - id: ../../etc\n    name: A\n    prompts: [a]\n'), /lower-case/, 3),
    bad('duplicate-ids.yaml', set(`targets:\n${GOOD_TARGET}${GOOD_TARGET}`), /"aphid" is there twice/, 6),
    bad('no-prompts.yaml', target('    prompts: []\n'), /at least one prompt/, 5),
    bad('prompts-text.yaml', target('    prompts: a green aphid\n'), /prompts: .*array/, 5),
    bad('prompt-empty.yaml', target('    prompts: [""]\n'), /empty text/, 5),
    bad('prompt-number.yaml', target('    prompts: [3]\n'), /string/, 5),
    bad('prompt-long.yaml', target(`    prompts: [${'very '.repeat(80)}long]\n`), /300 characters/, 5),
    bad('prompt-lines.yaml', target('    prompts:\n      - |\n        two\n        lines\n'), /one line/, 6),
    bad('prompt-braces.yaml', target('    prompts: ["a {} aphid"]\n'), /templates/, 5),
    bad('prompt-twice.yaml', target('    prompts: [a, a]\n'), /listed twice/, 5),
    bad('template-no-braces.yaml', set(`templates: [a photo]\ntargets:\n${GOOD_TARGET}`), /"\{\}" exactly once/, 2),
    bad('template-two-braces.yaml', set(`templates: ["{} {}"]\ntargets:\n${GOOD_TARGET}`), /"\{\}" exactly once/, 2),
    bad('templates-empty.yaml', set(`templates: []\ntargets:\n${GOOD_TARGET}`), /at least one template/, 2),
    bad('negative-is-prompt.yaml', set(`negatives: [a green aphid]\ntargets:\n${GOOD_TARGET}`), /target's prompt/, 2),
    bad('eppo.yaml', target('    prompts: [a]\n    eppo: aphid\n'), /EPPO/, 6),
    bad('gbif.yaml', target('    prompts: [a]\n    gbif: -1\n'), /positive/, 6),
    bad('stage.yaml', target('    prompts: [a]\n    stage: teenager\n'), /stage/, 6),
    bad('length.yaml', target('    prompts: [a]\n    lengthMm: {min: 9, max: 1}\n'), /larger than max/, 6),
    bad('length-infinite.yaml', target('    prompts: [a]\n    lengthMm: {min: 1, max: .inf}\n'), /lengthMm/, 6),
    bad('length-nan.yaml', target('    prompts: [a]\n    lengthMm: {min: .nan, max: 1}\n'), /lengthMm/, 6),
  ];
}

export function hostileConfigs(): readonly HostileText[] {
  const camera = (rest: string) => `cameras:\n  - id: bed\n    source: sim:leaf\n${rest}`;
  return [
    ...brokenYaml().filter(({ name }) => !/^(tag|prototype)/.test(name)),
    bad('prototype.yaml', '__proto__: {polluted: true}\nnode: a b\n', /node|__proto__/),
    bad('unknown-key.yaml', 'node: scout\ncamera: []\n', /Unrecognized key.*camera/, 2),
    bad('unknown-deep.yaml', camera('    tiles:\n      scale: [224]\n'), /Unrecognized key.*scale/, 5),
    bad('cameras-empty.yaml', 'cameras: []\n', /cameras/, 1),
    bad('cameras-text.yaml', 'cameras: sim:leaf\n', /cameras: .*array/, 1),
    bad(
      'cameras-many.yaml',
      `cameras: [${Array.from({ length: 65 }, (_, i) => `{id: c${i}, source: 'sim:leaf'}`)}]\n`,
      /cameras/,
      1,
    ),
    bad('camera-no-id.yaml', 'cameras:\n  - source: sim:leaf\n', /id: it is missing/, 2),
    bad('camera-no-source.yaml', 'cameras:\n  - id: bed\n', /source: it is missing/, 2),
    bad('camera-null.yaml', 'cameras: [null]\n', /cameras\.0/, 1),
    bad('camera-twice.yaml', `${camera('')}  - id: bed\n    source: sim:leaf\n`, /two cameras are called "bed"/, 4),
    bad('camera-id-slash.yaml', 'cameras:\n  - id: bed/1\n    source: sim:leaf\n', /MQTT topics/, 2),
    bad('camera-id-wildcard.yaml', 'cameras:\n  - id: "#"\n    source: sim:leaf\n', /MQTT topics/, 2),
    bad('site-id.yaml', 'site:\n  id: my farm\n', /site\.id/, 2),
    bad('node-empty.yaml', 'node: ""\n', /node/, 1),
    bad('time-zone.yaml', 'site:\n  timeZone: Mars/Olympus\n', /time zone/, 2),
    bad('time-zone-empty.yaml', 'site:\n  timeZone: ""\n', /time zone/, 2),
    bad('latitude.yaml', 'site:\n  latitude: 91\n', /latitude/, 2),
    bad('latitude-text.yaml', 'site:\n  latitude: 38.7N\n', /latitude: .*number/, 2),
    bad('interval-zero.yaml', camera('    intervalMs: 0\n'), /intervalMs/, 4),
    bad('interval-text.yaml', camera('    intervalMs: 1s\n'), /intervalMs: .*number/, 4),
    bad('interval-huge.yaml', camera('    intervalMs: 1e99\n'), /intervalMs/, 4),
    bad('interval-fraction.yaml', camera('    intervalMs: 10.5\n'), /intervalMs/, 4),
    bad('prompts-empty.yaml', camera('    prompts: []\n'), /prompts/, 4),
    bad('scales-empty.yaml', camera('    tiles: {scales: []}\n'), /scales/, 4),
    bad('scales-text.yaml', camera('    tiles: {scales: [large]}\n'), /scales\.0/, 4),
    bad('scales-huge.yaml', camera('    tiles: {scales: [100000]}\n'), /scales\.0/, 4),
    bad('overlap-one.yaml', camera('    tiles: {overlap: 1}\n'), /overlap/, 4),
    bad('mm-negative.yaml', camera('    mmPerPixel: -0.1\n'), /mmPerPixel/, 4),
    bad('keep-word.yaml', camera('    keepPictures: maybe\n'), /keepPictures/, 4),
    bad('broker-port-0.yaml', 'broker:\n  port: 0\n', /broker\.port/, 2),
    bad('broker-port-65536.yaml', 'broker:\n  port: 65536\n', /broker\.port/, 2),
    bad('dashboard-port-text.yaml', 'dashboard:\n  port: http\n', /dashboard\.port/, 2),
    bad('port-minus.yaml', 'dashboard:\n  port: -1\n', /dashboard\.port/, 2),
    bad('url-password.yaml', 'mqtt:\n  url: mqtt://scout:hunter2@broker:1883\n', /passwordFile/, 2),
    bad('url-http.yaml', 'mqtt:\n  url: http://broker\n', /mqtt:\/\/host/, 2),
    bad('url-port.yaml', 'mqtt:\n  url: mqtt://broker:99999\n', /mqtt:\/\/host/, 2),
    bad('url-empty.yaml', 'mqtt:\n  url: ""\n', /mqtt\.url/, 2),
    bad('base-topic-wildcard.yaml', 'mqtt:\n  baseTopic: farm/#\n', /baseTopic/, 2),
    bad('protocol-3.yaml', 'mqtt:\n  protocolVersion: 3\n', /protocolVersion/, 2),
    bad('cert-without-key.yaml', 'mqtt:\n  certFile: a.pem\n', /keyFile/, 1),
    bad('score-seven.yaml', 'detection:\n  minScore: 7\n', /minScore/, 2),
    bad('score-nan.yaml', 'detection:\n  minScore: .nan\n', /minScore/, 2),
    bad('yes-is-a-text.yaml', 'snapshots:\n  enabled: yes\n', /enabled: .*boolean/, 2),
    bad(
      'alert-camera.yaml',
      'alerts:\n  - {id: a, target: aphid, threshold: 1, camera: nowhere}\n',
      /no camera "nowhere"/,
      2,
    ),
    bad('alert-clear.yaml', 'alerts:\n  - {id: a, target: aphid, threshold: 1, clearBelow: 2}\n', /above threshold/, 2),
    bad(
      'alert-twice.yaml',
      'alerts:\n  - {id: a, target: x, threshold: 1}\n  - {id: a, target: x, threshold: 1}\n',
      /two alerts/,
      3,
    ),
    bad('no-broker.yaml', 'broker: {enabled: false}\ndashboard: {enabled: false}\n', /mqtt\.url/, 1),
    bad('page-without-broker.yaml', 'broker: {enabled: false}\nmqtt: {url: "mqtt://b"}\n', /dashboard\.enabled/, 1),
    bad('provider.yaml', 'providers: [quantum]\n', /providers\.0/, 1),
    bad('threads.yaml', 'threads: -4\n', /threads/, 1),
    bad('batch.yaml', 'batchSize: 1000000\n', /batchSize/, 1),
    bad('log-level.yaml', 'logLevel: loud\n', /logLevel/, 1),
    bad('storage-bytes.yaml', 'storage: {maxPictureBytes: plenty}\n', /maxPictureBytes/, 1),
  ];
}
