import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { classifyCommand } from './commands/classify.js';
import { configCommand } from './commands/config.js';
import { detectCommand } from './commands/detect.js';
import { doctorCommand } from './commands/doctor.js';
import { evalCommand } from './commands/eval.js';
import { modelsCommand } from './commands/models.js';
import { promptsCommand } from './commands/prompts.js';
import { provisionCommand } from './commands/provision.js';
import { runCommand } from './commands/run.js';
import { installCommand, uninstallCommand } from './commands/service.js';
import { simCommand } from './commands/sim.js';
import { errorLine, isExpected } from './errors.js';
import { packageManifest } from './paths.js';

/** Runs one command; what a person did wrong ends in one line on standard error and exit code 1 (2: some inputs). */
export async function main(argv: readonly string[]): Promise<void> {
  const { version } = JSON.parse(readFileSync(packageManifest, 'utf8')) as { version: string };
  const program = new Command('fieldscout')
    .description('Finds pests in field pictures from plain words, and tells the farm over MQTT')
    .version(version);
  const verbs = [
    runCommand(version),
    detectCommand(),
    classifyCommand(),
    evalCommand(),
    modelsCommand(),
    promptsCommand(),
    simCommand(),
    doctorCommand(),
    provisionCommand(),
    installCommand(),
    uninstallCommand(),
    configCommand(),
  ];
  for (const verb of verbs) program.addCommand(verb.showHelpAfterError('(add --help for what can be said)'));
  program.hook('preAction', (_program, verb) => {
    if (verb.name() !== 'run') endWithReader(process.stdout);
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!isExpected(error)) throw error;
    process.stderr.write(`fieldscout: ${errorLine(error)}\n`);
    process.exitCode = 1;
  }
}

/** `fieldscout detect ... | head` closes the pipe once it has seen enough: nobody wants the rest. */
function endWithReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(process.exitCode);
  });
}
