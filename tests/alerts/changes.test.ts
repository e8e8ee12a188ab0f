import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertKinds, isLasting, type AlertKind, type Finding } from '../../alerts/alert.ts';
import { changesOf, type Changes, type KnownAlert } from '../../alerts/changes.ts';
import { draftAlerts } from '../../alerts/draft.ts';

const everything: ReadonlySet<AlertKind> = new Set(alertKinds);

/** The findings of a lake that these tests make up: bad cells, stale assets and restated closes. */
const finding: fc.Arbitrary<Finding> = fc.oneof(
  fc
    .record({
      kind: fc.constantFrom('refused' as const, 'failed' as const),
      ticker: fc.constantFrom('AAPL', 'BTC'),
      date: fc.constantFrom('2026-11-17', '2026-11-18', '2026-11-19'),
      code: fc.constantFrom('NoData', 'KeyRefused'),
      good: fc.nat(2),
    })
    .map(({ good, ...cell }) => ({
      ...cell,
      dataset: 'massive.daily_bars',
      reason: 'it is so',
      rules: [],
      incident: `${cell.ticker}/${cell.date}@${good}`,
    })),
  fc.constantFrom('AAPL', 'BTC').map((ticker) => ({
    kind: 'stale' as const,
    incident: ticker,
    dataset: 'massive.daily_bars',
    ticker,
    newest: null,
    due: '2026-11-19',
    days: 9,
    limitDays: 5,
  })),
  fc.nat(3).map((number) => ({
    kind: 'restated' as const,
    incident: `AAPL/2026-11-1${number}`,
    dataset: 'massive.daily_bars',
    ticker: 'AAPL',
    date: `2026-11-1${number}`,
    before: 100,
    after: 101,
  })),
);

/** A lake's alerts as records would hold them, over many looks. */
class Told {
  readonly alerts = new Map<string, KnownAlert>();
  readonly tellings: string[] = [];

  look(found: readonly Finding[], looked = everything): Changes {
    const changes = changesOf(found, [...this.alerts.values()], looked);
    for (const { alert, incidents } of changes.eased) this.alerts.set(idOf(alert), { ...alert, incidents });
    for (const alert of changes.over)
      this.alerts.set(idOf(alert), { ...alert, isOpen: false, incidents: [] });
    for (const { kind, key, title, incidents } of draftAlerts(changes.fresh, false)) {
      this.tellings.push(...incidents.map((incident) => `${kind} ${incident}`));
      const known = { kind, key, title, incidents, webhooks: [], isOpen: isLasting(kind) };
      this.alerts.set(idOf(known), known);
    }
    return changes;
  }
}

const idOf = ({ kind, key }: KnownAlert): string => `${kind}/${key}`;
const idOfFinding = ({ kind, incident }: Finding): string => `${kind} ${incident}`;

describe('what is told', () => {
  it('is each thing once while it lasts, whatever comes and goes around it', () => {
    fc.assert(
      fc.property(fc.array(fc.array(finding, { maxLength: 8 }), { maxLength: 8 }), (looks) => {
        const told = new Told();
        let before = new Set<string>();
        const ever = new Set<string>();
        for (const found of looks) {
          told.tellings.length = 0;
          told.look(found);
          const now = new Set(found.map(idOfFinding));
          // What happens once is told once and never again; what lasts when it begins, or begins anew.
          const isNews = (finding: Finding): boolean =>
            !(isLasting(finding.kind) ? before : ever).has(idOfFinding(finding));
          const expected = new Set(found.filter(isNews).map(idOfFinding));
          expect([...told.tellings].sort()).toEqual([...expected].sort());
          before = now;
          for (const id of now) ever.add(id);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is nothing the second time that a lake is looked at', () => {
    fc.assert(
      fc.property(fc.array(finding), (found) => {
        const told = new Told();
        told.look(found);
        expect(told.look(found)).toEqual({ fresh: [], eased: [], over: [] });
      }),
    );
  });

  it('is over once nothing of it is so any more, and then once', () => {
    fc.assert(
      fc.property(fc.array(finding), (found) => {
        const told = new Told();
        told.look(found);
        const open = [...told.alerts.values()].filter(({ isOpen }) => isOpen).map(idOf);
        expect(told.look([]).over.map(idOf).sort()).toEqual(open.sort());
        expect(told.look([]).over).toEqual([]);
      }),
    );
  });

  it('stays as it is where nobody could look', () => {
    const rebuild = { kind: 'rebuild', incident: 'warehouse', code: 'TestFailed', reason: 'x' } as const;
    const told = new Told();
    told.look([rebuild]);
    const others = new Set(alertKinds.filter((kind) => kind !== 'rebuild'));
    expect(told.look([], others).over).toEqual([]);
    expect(told.look([]).over).toHaveLength(1);
  });
});

describe('what has one reason', () => {
  const cells = Array.from({ length: 300 }, (_, index): Finding => {
    const date = new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);
    const cell = { dataset: 'massive.daily_bars', ticker: index % 2 ? 'AAPL' : 'MSFT', date };
    return {
      ...cell,
      kind: 'failed',
      incident: `${cell.ticker}/${date}@0`,
      code: 'KeyRefused',
      reason: 'the key is wrong',
      rules: [],
    };
  });

  it('is one alert with a count, a line for each asset and the command that mends it', () => {
    const [alert, ...others] = draftAlerts(cells, false);
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      title: '300 cells of massive.daily_bars failed: KeyRefused',
      itemCount: 300,
      items: [
        'MSFT 2026-01-01..2026-10-26 (150 days): the key is wrong',
        'AAPL 2026-01-02..2026-10-27 (150 days): the key is wrong',
      ],
      command: 'npx tsx client/retry.ts --all',
    });
  });

  it('has one key, in whatever order it is found', () => {
    const [one] = draftAlerts(cells, false);
    const [other] = draftAlerts([...cells].reverse(), false);
    expect(other?.key).toBe(one?.key);
    expect(one?.key).toMatch(/^[\w.-]{1,80}$/);
  });
});

describe('restated closes', () => {
  const restated = (ticker: string, day: number, before: number | null, after: number | null): Finding => ({
    kind: 'restated',
    incident: `${ticker}/${day}`,
    dataset: 'massive.daily_bars',
    ticker,
    date: `2026-11-${day}`,
    before,
    after,
  });

  it('of an asset by one factor are one event, apart from what else was corrected', () => {
    const drafts = draftAlerts(
      [
        ...[10, 11, 12].map((day) => restated('AAPL', day, 200 + day, (200 + day) / 4)),
        restated('MSFT', 10, 100, 101.2),
        restated('SPY', 11, 100, 99),
      ],
      true,
    );
    expect(drafts.map(({ title }) => title)).toEqual([
      'Synthetic: AAPL of massive.daily_bars: 3 closes, 2026-11-10..2026-11-12, were restated by one factor, 0.25',
      'Synthetic: 2 closes of massive.daily_bars were restated, most of all MSFT 2026-11-10 100 to 101.2 (+1.20 %)',
    ]);
  });

  it.each([
    ['too few to tell', [10, 11].map((day) => restated('AAPL', day, 100, 25))],
    ['by several factors', [10, 11, 12].map((day) => restated('AAPL', day, 100, 20 + day))],
    ['by next to nothing', [10, 11, 12].map((day) => restated('AAPL', day, 100, 100.5))],
    ['of a file that is gone', [10, 11, 12].map((day) => restated('AAPL', day, day === 10 ? null : 100, 25))],
  ])('are no split where they are %s', (_, found) => {
    expect(draftAlerts(found, false)[0]?.title).not.toContain('factor');
  });
});
