import type { LakeIdentity } from '../lake/identity.ts';
import type { LakeIndex } from '../lake/lake-index.ts';
import type { Store } from '../lake/store.ts';
import { utcDateOf } from '../workflows/pure/cell.ts';
import { addresseesOf } from './addressees.ts';
import {
  appendNews,
  knownAlerts,
  pendingDeliveries,
  type AlertRef,
  type DeliveryRef,
} from './alert-records.ts';
import type { AlertSettings } from './alert-settings.ts';
import {
  alertKinds,
  isLasting,
  severityOf,
  type AlertKind,
  type AlertNews,
  type Finding,
  type FindingOf,
  type Words,
} from './alert.ts';
import { changesOf, type KnownAlert } from './changes.ts';
import { draftAlerts } from './draft.ts';
import type { Ask } from './find/ask.ts';
import { findCells } from './find/cells.ts';
import { findMarket } from './find/market.ts';
import { findReplaced, withCloses, type Replaced } from './find/restated.ts';
import { findRuns } from './find/runs.ts';
import { findStale, type Promises } from './find/stale.ts';
import { overWords } from './words/runs.ts';

/** What happened longer ago is nobody's news: of a history that was fetched today, too. */
const newsDays = 7;
/** What happened once is remembered for longer than it is news, so that it is not told twice. */
const rememberedDays = 60;

/** A lake, as whoever looks for alerts in it sees it. */
export interface LakeToWatch {
  readonly lake: LakeIdentity;
  readonly store: Store;
  readonly index: LakeIndex;
  readonly alerts: AlertSettings;
  readonly contracts: Promises['contracts'];
  readonly assets: Promises['assets'];
}

/** Who looks, when, and what it knows that no record says. */
export interface Look {
  readonly run: string;
  readonly now: Date;
  /** Why the rebuild just now failed; null where it did not; undefined where there was none. */
  readonly rebuild?: { readonly code: string; readonly reason: string } | null;
}

/** What a look found out. */
export interface Looked {
  readonly news: readonly (AlertRef & Pick<AlertNews, 'event' | 'title'>)[];
  /** Who is to be told of what, the oldest first; what earlier looks left behind too. */
  readonly deliveries: readonly DeliveryRef[];
}

/**
 * Looks for whatever people want to be told of, and records what is new. It holds the index all the while, so that two
 * looks at once do not tell the same in two ways.
 */
export async function lookForAlerts(watched: LakeToWatch, look: Look): Promise<Looked> {
  const since = daysBefore(look.now, newsDays);
  const market = await findMarket(
    watched.store.pathOf('warehouse.duckdb'),
    watched.alerts.rules,
    utcDateOf(since.getTime()),
  );
  return watched.index.ask(async (connection) => {
    const ask: Ask = async (sql, values = {}) =>
      (await connection.runAndReadAll(sql, values)).getRowObjectsJson();
    const found = [
      ...(await findCells(ask)),
      ...(await findRuns(ask, since)),
      ...(await findStale(ask, { ...watched, since: watched.lake.createdAt.slice(0, 10) }, look.now)),
      ...(await findReplaced(ask, since)),
      ...market,
      ...rebuildFinding(look),
    ];
    const known = await knownAlerts(ask, daysBefore(look.now, rememberedDays));
    const pending = await pendingDeliveries(ask, since);
    const written = await recordChanges(watched, look, found, known);
    const isThere = new Set(watched.alerts.webhooks.map(({ name }) => name));
    const deliveries = [...pending, ...written.flatMap(({ deliveries: own }) => own)];
    return {
      news: written.map(({ news }) => news),
      deliveries: deliveries.filter(({ webhook }) => isThere.has(webhook)),
    };
  });
}

interface Written {
  readonly news: Looked['news'][number];
  readonly deliveries: readonly DeliveryRef[];
}

async function recordChanges(
  watched: LakeToWatch,
  look: Look,
  found: readonly Finding[],
  known: readonly KnownAlert[],
): Promise<Written[]> {
  const { fresh, eased, over } = changesOf(found, known, kindsLookedAt(look));
  const { store, lake, alerts } = watched;
  const isReplaced = (finding: Finding): finding is Replaced => finding.kind === 'restated';
  const restated = await withCloses(store, fresh.filter(isReplaced));
  const told: Finding[] = [...fresh.filter((finding) => !isReplaced(finding)), ...restated];
  const about = { recordedAt: look.now.toISOString(), run: look.run };
  for (const { alert, incidents } of eased)
    await appendNews(store, alert, { event: 'eased', ...about, incidents: [...incidents] });
  const written = [];
  for (const { kind, key, incidents, ...words } of draftAlerts(told, lake.market === 'sample')) {
    const webhooks = addresseesOf(kind, alerts.webhooks);
    const event = isLasting(kind) ? 'opened' : 'happened';
    written.push(await write(store, { kind, key }, newsOf(event, kind, words, incidents, webhooks, about)));
  }
  for (const { kind, key, title, incidents, webhooks } of over) {
    const words = overWords(title, incidents.length);
    written.push(await write(store, { kind, key }, newsOf('resolved', kind, words, [], webhooks, about)));
  }
  return written.flat();
}

function newsOf(
  event: AlertNews['event'],
  kind: AlertKind,
  { items, ...words }: Words,
  incidents: readonly string[],
  webhooks: readonly string[],
  about: Pick<AlertNews, 'recordedAt' | 'run'>,
): AlertNews {
  const severity = severityOf[kind];
  const lists = { items: [...items], incidents: [...incidents], webhooks: [...webhooks] };
  return { event, kind, severity, ...about, ...words, ...lists };
}

async function write(store: Store, ref: AlertRef, news: AlertNews): Promise<Written[]> {
  const number = await appendNews(store, ref, news);
  if (number === undefined) return [];
  const { event, title } = news;
  const deliveries = news.webhooks.map((webhook) => ({ ...ref, number, webhook }));
  return [{ news: { ...ref, event, title }, deliveries }];
}

function rebuildFinding({ rebuild }: Look): FindingOf<'rebuild'>[] {
  return rebuild ? [{ kind: 'rebuild', incident: 'warehouse', ...rebuild }] : [];
}

/** Whoever did not rebuild cannot say whether it would go well. */
function kindsLookedAt({ rebuild }: Look): ReadonlySet<AlertKind> {
  return new Set(alertKinds.filter((kind) => kind !== 'rebuild' || rebuild !== undefined));
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * 86_400_000);
}
