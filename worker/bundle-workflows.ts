import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '../settings.ts';

/** Bundles the workflows into the file that is named on the command line, and ends. */
const [path = ''] = process.argv.slice(2);
const { code } = await bundleWorkflowCode({
  workflowsPath: join(projectFolder, 'workflows', 'index.ts'),
  logger: new DefaultLogger('ERROR'),
});
await writeFile(path, code);
