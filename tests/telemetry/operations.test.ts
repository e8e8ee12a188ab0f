import { describe, expect, it } from 'vitest';
import { metricTable } from '../../telemetry/metrics.ts';
import { alerts, documentedMetrics, panels, runbookHeadings } from './operations.ts';

describe('docs/operations', () => {
  it('has a paragraph of the runbook for every alert, and an alert for every paragraph', () => {
    const names = alerts().map(({ alert }) => alert);
    expect(names.length).toBeGreaterThan(5);
    expect(new Set(names).size).toBe(names.length);
    expect(runbookHeadings().sort()).toEqual([...names].sort());
    for (const { alert, annotations } of alerts()) {
      expect(annotations.runbook).toBe(`docs/operations/runbook.md#${alert.toLowerCase()}`);
    }
  });

  it('describes every metric of ours with its kind and labels, and no other', () => {
    const inCode = Object.entries(metricTable).map(([name, { kind, labels }]) => ({ name, kind, labels }));
    expect(documentedMetrics()).toEqual(inCode.map((metric) => ({ ...metric, labels: [...metric.labels] })));
  });

  it('has a dashboard whose panels ask for something, have ids of their own and do not overlap', () => {
    const asking = panels().filter(({ type }) => type !== 'row' && type !== 'text');
    expect(asking.length).toBeGreaterThan(8);
    expect(asking.filter(({ targets }) => (targets ?? []).length === 0)).toEqual([]);
    expect(new Set(panels().map(({ id }) => id)).size).toBe(panels().length);
    const squares = panels().flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(squares).size).toBe(squares.length);
    expect(panels().filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });
});
