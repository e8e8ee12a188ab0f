/**
 * A program of its own, started by download-cli.ts: `sdk-download FOLDER VERSION`. The SDK downloads the
 * CLI only on its way to a server, so a server is started in memory and ended at once.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [downloadDir, version] = process.argv.slice(2);
if (downloadDir === undefined || version === undefined) {
  console.error('Usage: sdk-download FOLDER VERSION');
  process.exit(2);
}
try {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'cached-download', downloadDir, version },
      log: { format: 'text', level: 'never' },
    },
  });
  await environment.teardown();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
