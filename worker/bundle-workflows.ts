import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectFolder } from '../settings.ts';

/** Bundles the workflows into the file that is named on the command line, with the interceptors named after it. */
const [path = '', ...interceptorModules] = process.argv.slice(2);
const { code } = await bundleWorkflowCode({
  workflowsPath: join(projectFolder, 'workflows', 'index.ts'),
  workflowInterceptorModules: interceptorModules.map((name) => createRequire(import.meta.url).resolve(name)),
  logger: new DefaultLogger('ERROR'),
});
await writeFile(path, code);
