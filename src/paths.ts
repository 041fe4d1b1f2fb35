import { fileURLToPath } from 'node:url';

/** Places of the installed package; the same from `src/` and from `dist/`, which lie side by side. */
const packageFile = (relative: string) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

export const bundledModels = packageFile('models');
export const bundledDevices = packageFile('devices');
export const bundledPrompts = packageFile('prompts');
export const builtPage = packageFile('dist/web');
export const inferenceWorkerEntry = packageFile('dist/clip/inference-worker.js');
/** The process that builds and proves TensorRT engines. */
export const engineProgramEntry = packageFile('dist/clip/engine-program.js');
/** The same with onnxruntime's Python API. */
export const pythonEngineProgram = packageFile('models/export/build_engine.py');
export const journalWorkerEntry = packageFile('dist/journal/journal-worker.js');
/** Unit, users and folders of the systemd service. */
export const serviceTexts = ['service', 'sysusers', 'tmpfiles'].map((kind) =>
  packageFile(`systemd/fieldscout.${kind}`),
);
/** Without a slash at the end. */
export const packageDir = packageFile('.').replace(/\/$/, '');
export const packageManifest = packageFile('package.json');
