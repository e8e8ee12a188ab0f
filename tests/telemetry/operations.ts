import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectFolder } from '../../settings.ts';

const folder = join(projectFolder, 'docs', 'operations');
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');

const ruleSchema = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['page', 'ticket', 'info']) }),
  annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
});
const rulesSchema = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(ruleSchema) })),
});

/** Every alert there is. */
export function alerts(): z.infer<typeof ruleSchema>[] {
  return rulesSchema.parse(parse(text('alerts.rules.yml'))).groups.flatMap(({ rules }) => rules);
}

const panelSchema = z.looseObject({
  id: z.number(),
  title: z.string(),
  type: z.string(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(z.looseObject({ expr: z.string() })).optional(),
});

/** The panels of the dashboard. */
export function panels(): z.infer<typeof panelSchema>[] {
  const dashboard = z.looseObject({ panels: z.array(panelSchema) });
  return dashboard.parse(JSON.parse(text('grafana/marketlake.json'))).panels;
}

/** The headings of the runbook that name an alert. */
export function runbookHeadings(): string[] {
  return [...text('runbook.md').matchAll(/^## (Marketlake\w+)$/gm)].map(([, name]) => name ?? '');
}

/** The names of our metrics that the page about them lists. */
export function documentedMetrics(): { name: string; kind: string; labels: string[] }[] {
  const rows = text('monitoring.md').matchAll(/^\| `(marketlake_\w+)` \| (\w+) \| ([^|]*) \|/gm);
  return [...rows].map(([, name = '', kind = '', labels = '']) => ({
    name,
    kind,
    labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label ?? ''),
  }));
}

/** Every metric that a panel or an alert asks for. */
export function metricsInOperations(): string[] {
  const expressions = [
    ...alerts().map(({ expr }) => expr),
    ...panels().flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr)),
  ];
  const names = expressions.flatMap(
    (expression) => expression.match(/\b(?:marketlake|temporal)_\w+|\bup\b/g) ?? [],
  );
  return [...new Set(names)];
}
