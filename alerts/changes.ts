import type { AlertKind, Finding } from './alert.ts';

/** An alert that was told before. */
export interface KnownAlert {
  readonly kind: AlertKind;
  readonly key: string;
  readonly title: string;
  /** True for what lasts and is not over. */
  readonly isOpen: boolean;
  /** What of it is left, or what happened; none where it is over. */
  readonly incidents: readonly string[];
  readonly webhooks: readonly string[];
}

/** What is new against what was told before. */
export interface Changes {
  /** What nobody was told of yet. */
  readonly fresh: readonly Finding[];
  /** Open alerts of which a part is over, and what is left. */
  readonly eased: readonly { readonly alert: KnownAlert; readonly incidents: readonly string[] }[];
  /** Open alerts that are over. */
  readonly over: readonly KnownAlert[];
}

/**
 * Compares what is so with what was told. Nothing is told twice while it lasts; what comes again after it was over is
 * new. Kinds that were not looked at stay as they are.
 */
export function changesOf(
  found: readonly Finding[],
  known: readonly KnownAlert[],
  looked: ReadonlySet<AlertKind>,
): Changes {
  const told = incidentsByKind(known);
  const now = incidentsByKind(found.map(({ kind, incident }) => ({ kind, incidents: [incident] })));
  const open = known.filter(({ kind, isOpen }) => isOpen && looked.has(kind));
  const left = open.map((alert) => ({
    alert,
    incidents: alert.incidents.filter((incident) => now.get(alert.kind)?.has(incident)),
  }));
  return {
    fresh: once(found.filter(({ kind, incident }) => !told.get(kind)?.has(incident))),
    eased: left.filter(
      ({ alert, incidents }) => incidents.length > 0 && incidents.length < alert.incidents.length,
    ),
    over: left.filter(({ incidents }) => incidents.length === 0).map(({ alert }) => alert),
  };
}

function incidentsByKind(
  alerts: readonly { readonly kind: AlertKind; readonly incidents: readonly string[] }[],
): Map<AlertKind, Set<string>> {
  const byKind = new Map<AlertKind, Set<string>>();
  for (const { kind, incidents } of alerts) {
    const known = byKind.get(kind) ?? new Set();
    for (const incident of incidents) known.add(incident);
    byKind.set(kind, known);
  }
  return byKind;
}

function once(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.kind} ${finding.incident}`, finding])).values()];
}
