import { z } from 'zod';
import { LakeError } from '../lake/lake-error.ts';
import { checksumOf } from '../lake/checked-json.ts';
import { tryParseJson } from '../lake/json.ts';
import { alertRecordsFolder, recordFile } from '../lake/layout.ts';
import { claimRecord, recordNumbers } from '../lake/records.ts';
import type { Store } from '../lake/store.ts';
import { alertKinds, alertRecordSchema, type AlertKind, type AlertNews, type AlertRecord } from './alert.ts';
import type { KnownAlert } from './changes.ts';
import type { Ask } from './find/ask.ts';

/** Points at one alert. */
export interface AlertRef {
  readonly kind: AlertKind;
  readonly key: string;
}

/** Points at a record of an alert that a webhook is to be told of. */
export interface DeliveryRef extends AlertRef {
  readonly number: number;
  readonly webhook: string;
}

/** Reads one record of an alert. */
export async function readAlertRecord(
  store: Store,
  { kind, key }: AlertRef,
  number: number,
): Promise<AlertRecord> {
  const file = recordFile(alertRecordsFolder(kind, key), number);
  const bytes = await store.get(file);
  const parsed = bytes ? alertRecordSchema.safeParse(tryParseJson(bytes)) : undefined;
  if (bytes && parsed?.success && checksumOf(bytes) !== 'wrong') return parsed.data;
  throw new LakeError(
    'LakeDamaged',
    `${store.pathOf(file)} is not a record of an alert. Records are never changed: restore it from a backup.`,
  );
}

/**
 * Appends news of an alert under its next number, which is answered; undefined where the alert stands so already, or
 * somebody else was quicker.
 */
export async function appendNews(
  store: Store,
  { kind, key }: AlertRef,
  record: AlertNews | Extract<AlertRecord, { event: 'eased' }>,
): Promise<number | undefined> {
  const folder = alertRecordsFolder(kind, key);
  const numbers = await recordNumbers(store, folder);
  for (const number of [...numbers].reverse()) {
    const before = await readAlertRecord(store, { kind, key }, number);
    if (before.event === 'delivered' || before.event === 'undelivered') continue;
    if (before.event === record.event && record.event !== 'eased') return undefined;
    break;
  }
  const number = (numbers.at(-1) ?? 0) + 1;
  return (await claimRecord(store, folder, number, record)) ? number : undefined;
}

const knownRow = z.object({
  kind: z.enum(alertKinds),
  key: z.string(),
  isOpen: z.boolean(),
  title: z.string(),
  incidents: z.string(),
  webhooks: z.string(),
});

/** What is open, however old, and what happened since an instant; incidents are those that are left. */
const knownSql = `
with states as (
    select *, row_number() over (partition by kind, key order by number desc) = 1 as is_newest
    from alert_records where event in ('opened', 'happened', 'resolved', 'eased')
), news as (
    select kind, key, body from states where event in ('opened', 'happened')
    qualify row_number() over (partition by kind, key order by number desc) = 1
)
select
    states.kind, states.key, states.event in ('opened', 'eased') as "isOpen", news.body ->> '$.title' as title,
    states.body ->> '$.incidents' as incidents, news.body ->> '$.webhooks' as webhooks
from states join news using (kind, key)
where states.is_newest
    and (states.event in ('opened', 'eased') or (states.event = 'happened' and states.recorded_at > $since::timestamptz))
order by states.kind, states.key`;

/** Reads the alerts that are open, and those of what happened since an instant. */
export async function knownAlerts(ask: Ask, since: Date): Promise<KnownAlert[]> {
  const names = (text: string): string[] => z.array(z.string()).parse(JSON.parse(text));
  return z
    .array(knownRow)
    .parse(await ask(knownSql, { since: since.toISOString() }))
    .map((row) => ({ ...row, incidents: names(row.incidents), webhooks: names(row.webhooks) }));
}

const pendingRow = z.object({
  kind: z.enum(alertKinds),
  key: z.string(),
  number: z.number(),
  webhook: z.string(),
});

/** What was to be told since an instant and has no outcome yet. */
const pendingSql = `
with addressed as (
    select kind, key, number, recorded_at, unnest(from_json(body -> '$.webhooks', '["VARCHAR"]')) as webhook
    from alert_records where event in ('opened', 'happened', 'resolved') and recorded_at > $since::timestamptz
)
select addressed.kind, addressed.key, addressed.number, addressed.webhook
from addressed
anti join (
    select kind, key, of_number, webhook from alert_records where event in ('delivered', 'undelivered')
) as told
    on told.kind = addressed.kind and told.key = addressed.key and told.of_number = addressed.number
    and told.webhook = addressed.webhook
order by addressed.recorded_at, addressed.kind, addressed.key, addressed.webhook`;

/** Reads which webhooks have not been told yet, nor given up, the oldest first. */
export async function pendingDeliveries(ask: Ask, since: Date): Promise<DeliveryRef[]> {
  return z.array(pendingRow).parse(await ask(pendingSql, { since: since.toISOString() }));
}
