import { severities, severityOf, type AlertKind } from './alert.ts';
import type { Webhook } from './alert-settings.ts';

/** The names of the webhooks that want to know of a kind. */
export function addresseesOf(
  kind: AlertKind,
  webhooks: readonly Pick<Webhook, 'name' | 'on' | 'minimum'>[],
): string[] {
  const rank = severities.indexOf(severityOf[kind]);
  return webhooks
    .filter(({ on, minimum }) => on.includes(kind) && rank >= severities.indexOf(minimum))
    .map(({ name }) => name);
}
