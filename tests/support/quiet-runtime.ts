import { DefaultLogger, Runtime } from '@temporalio/worker';

let isInstalled = false;

/** Makes Temporal's engine in this process say errors only. It can be told once, so test files that share a process ask here. */
export function installQuietRuntime(): void {
  if (isInstalled) return;
  isInstalled = true;
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
}
