import type { WorkerOptions } from '@temporalio/worker';
import type { Settings } from '../settings.ts';

/**
 * What makes a worker one build of a deployment; nothing where none is configured. Runs are pinned: one that has begun
 * stays with the build that began it to its end, over every continue as new, and its windows and cells with it.
 */
export function deploymentOptions({
  deployment,
}: Pick<Settings, 'deployment'>): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (deployment === undefined) return {};
  return {
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName: deployment.name, buildId: deployment.buildId },
      defaultVersioningBehavior: 'PINNED',
    },
  };
}
