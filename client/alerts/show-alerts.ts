import type { StandingAlert } from '../../alerts/list.ts';
import { exitCode, type ExitCode } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';

/** Shows alerts, the newest first, each with who was told of it. */
export function showAlerts(output: Output, open: OpenLake, alerts: readonly StandingAlert[]): ExitCode {
  const { alerts: settings } = open.settings;
  if (!settings) output.say('Nobody looks for alerts: alerts in marketlake.yaml is null.');
  for (const alert of alerts) for (const line of linesOf(alert)) output.say(line);
  if (settings && alerts.length === 0)
    output.say('No alert is open, and none happened in the last seven days.');
  output.json({
    isOn: settings !== null,
    webhooks: (settings?.webhooks ?? []).map(({ name, format, on, minimum }) => ({
      name,
      format,
      on,
      minimum,
    })),
    alerts,
  });
  return alerts.some(isTrouble) ? exitCode.cellsMissing : exitCode.good;
}

function isTrouble({ state, deliveries }: StandingAlert): boolean {
  return state === 'open' || deliveries.some(({ outcome }) => outcome === 'undelivered');
}

function linesOf(alert: StandingAlert): string[] {
  const { state, severity, kind, title, items, command, run, toldAt, overAt } = alert;
  const stands = state === 'over' ? `over since ${overAt}` : state;
  return [
    `${title}`,
    `  ${stands}; ${severity} ${kind}, told ${toldAt} by ${run}`,
    ...(state === 'open' ? items.map((item) => `  - ${item}`) : []),
    ...(state === 'over' || command === null
      ? []
      : [`  ${state === 'open' ? 'mend it' : 'look at it'} with ${command}`]),
    ...alert.deliveries.map(deliveryLine),
    '',
  ];
}

function deliveryLine({ webhook, of, outcome, reason }: StandingAlert['deliveries'][number]): string {
  const what = of === 'resolved' ? `${webhook}, that it is over` : webhook;
  return `  ${what}: ${outcome === 'waiting' ? 'not told yet' : outcome}${reason === null ? '' : `. ${reason}`}`;
}
