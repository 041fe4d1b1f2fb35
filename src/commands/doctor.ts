import { Command, Option } from 'commander';
import { modelsHome } from '../config/environment.js';
import { examine } from '../doctor/examine.js';
import type { Finding, Verdict } from '../doctor/finding.js';
import { thisMachine } from '../doctor/machine.js';
import { modelSearchDirs } from '../models/locate.js';
import { bundledPrompts } from '../paths.js';
import { wholeNumber } from './options.js';
import { print, printJson } from './print.js';

interface Options {
  readonly config?: string;
  readonly json?: true;
  readonly cameraSeconds: number;
}

const CAMERA_SECONDS = 15;

const AFTER = `
Ends with 1 where something fails, with 0 where all is well or only warned of. It may run beside the node. As a service's user:
  $ sudo -u fieldscout fieldscout doctor -c /etc/fieldscout/fieldscout.yaml

Example:
  $ fieldscout doctor --json | jq '.findings[] | select(.verdict == "fail")'`;

/** `fieldscout doctor`: what of the node works on this machine, and what to do about the rest. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('examine board, cameras, model, provider, broker, clock, disk and permissions, and say what to mend')
    .option('-c, --config <file>', 'configuration (YAML)')
    .option('--json', 'print one JSON object: ok, findings')
    .addOption(
      new Option('--camera-seconds <n>', 'how long a camera may take for its first picture')
        .argParser(wholeNumber(1, 600))
        .default(CAMERA_SECONDS),
    )
    .addHelpText('after', AFTER)
    .action(doctor);
}

async function doctor({ config, json, cameraSeconds }: Options): Promise<void> {
  const findings: Finding[] = [];
  const examination = examine({
    configFile: config,
    workingDir: process.cwd(),
    modelDirs: modelSearchDirs(modelsHome()),
    promptsDirs: [bundledPrompts],
    cameraWithinMs: cameraSeconds * 1000,
    machine: thisMachine,
  });
  for await (const finding of examination) {
    findings.push(finding);
    if (!json) for (const line of rowOf(finding)) print(line);
  }
  const count = (verdict: Verdict) => findings.filter((finding) => finding.verdict === verdict).length;
  const ok = count('fail') === 0;
  if (json) printJson({ ok, findings });
  else print(`${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed, ${count('skipped')} skipped`);
  if (!ok) process.exitCode = 1;
}

const VERDICT_WIDTH = 9;
const CHECK_WIDTH = 18;

function rowOf({ verdict, check, message, cause, remedy }: Finding): readonly string[] {
  const row = `${verdict.padEnd(VERDICT_WIDTH)}${check.padEnd(CHECK_WIDTH)} ${message}${cause === null ? '' : ` [${cause}]`}`;
  return remedy === null ? [row] : [row, `${' '.repeat(VERDICT_WIDTH + CHECK_WIDTH)} -> ${remedy}`];
}
