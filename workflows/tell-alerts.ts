import {
  CancellationScope,
  isCancellation,
  log,
  ParentClosePolicy,
  proxyActivities,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { DeliveryRef } from '../alerts/alert-records.ts';
import type { RebuildEnd } from '../activities/find-alerts.ts';
import type { Activities } from '../activities/index.ts';
import { notify } from './notify.ts';
import { lookPolicy } from './policies.ts';
import { troubleOf } from './pure/failure.ts';
import { inLake, notifyId } from './pure/ids.ts';
import type { RunContext } from './pure/run.ts';
import { rebuildModel } from './rebuild-model.ts';

/**
 * Looks for what people want to be told of, and leaves the telling to workflows of their own: nobody waits for a webhook.
 * Does nothing where no alerts are configured. A look that fails changes nothing about what came before it: the next one
 * finds the same.
 */
export async function tellAlerts(context: RunContext, rebuild?: RebuildEnd): Promise<void> {
  const { alerts } = context.options;
  if (!alerts) return;
  const { findAlerts } = proxyActivities<Activities>(lookPolicy);
  try {
    // Also of a run that was cancelled: its cells may be refused all the same.
    await CancellationScope.nonCancellable(async () => {
      const deliveries =
        rebuild === undefined
          ? await findAlerts.executeWithOptions({ summary: 'alerts' }, [context])
          : await findAlerts.executeWithOptions({ summary: 'alerts' }, [context, rebuild]);
      for (const delivery of deliveries) await startNotify(context, delivery, alerts.answerWithinSeconds);
    });
  } catch (error) {
    const { code, reason } = troubleOf(error);
    log.warn('nobody could look for alerts; the next run or tick does', { run: context.run, code, reason });
  }
}

/** Ends a cell or window that ran alone as a run ends: the model, where something changed, and a look for alerts. */
export async function endAlone(context: RunContext, isRebuildDue = true): Promise<void> {
  if (!isRebuildDue) return tellAlerts(context);
  try {
    await rebuildModel(context);
  } catch (error) {
    await tellAlerts(context, isCancellation(error) ? undefined : troubleOf(error));
    throw error;
  }
  await tellAlerts(context, 'good');
}

async function startNotify(
  { lake, options }: RunContext,
  delivery: DeliveryRef,
  answerWithinSeconds: number,
): Promise<void> {
  const { webhook, kind, key } = delivery;
  const { patienceSeconds } = options;
  try {
    await startChild(notify, {
      workflowId: inLake(lake, notifyId(webhook, kind, key, delivery.number)),
      args: [{ delivery, answerWithinSeconds, patienceSeconds }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${webhook}: ${kind}`,
    });
  } catch (error) {
    // An earlier look has started it, and it is still being tried.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
