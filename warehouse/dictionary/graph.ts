import { modelName } from '../sql-files.ts';
import type { Dictionary } from './dictionary.ts';

interface Edge {
  readonly from: string;
  readonly to: string;
}

/** The layers of the graph of prices, in the order in which data passes them. */
const layers = ['source', 'bronze', 'seeds', 'staging', 'intermediate', 'marts', 'report'] as const;

/** Draws how prices reach the report, as Mermaid: source, bronze, staging, intermediate, marts, report. */
export function priceGraph(dictionary: Dictionary): string {
  const fromSources = dictionary.datasets.map(({ dataset, table }) => ({
    from: `source.${dataset.split('.')[0]}`,
    to: `bronze.${table}`,
  }));
  const edges = [...fromSources, ...edgesOf(dictionary), ...edgesToReport(dictionary)].filter(
    ({ from, to }) => isOfLayer(from) && isOfLayer(to),
  );
  return mermaid(layers, edges);
}

/** Draws what the models about the lake itself are made of, as Mermaid. */
export function metadataGraph(dictionary: Dictionary): string {
  const edges = [...edgesOf(dictionary), ...edgesToReport(dictionary)].filter(({ from, to }) =>
    [from, to].some((table) => table.startsWith('metadata.')),
  );
  return mermaid(['lake', 'staging', 'intermediate', 'marts', 'metadata', 'report'], edges);
}

function isOfLayer(table: string): boolean {
  return layers.some((layer) => table.startsWith(`${layer}.`));
}

function edgesOf({ models }: Dictionary): Edge[] {
  return models.flatMap(({ file, reads }) => reads.map((from) => ({ from, to: modelName(file) })));
}

function edgesToReport({ report }: Dictionary): Edge[] {
  return report.map((model) => ({ from: model, to: 'report.index' }));
}

function mermaid(order: readonly string[], edges: readonly Edge[]): string {
  const nodes = [...new Set(edges.flatMap(({ from, to }) => [from, to]))].sort();
  const groups = order.flatMap((schema) => {
    const own = nodes.filter((node) => node.startsWith(`${schema}.`));
    if (own.length === 0) return [];
    return [
      `    subgraph ${schema}`,
      ...own.map((node) => `        ${idOf(node)}["${labelOf(node)}"]`),
      '    end',
    ];
  });
  const arrows = edges.map(({ from, to }) => `    ${idOf(from)} --> ${idOf(to)}`).sort();
  return ['```mermaid', 'flowchart LR', ...groups, ...arrows, '```'].join('\n');
}

/** Mermaid takes a lone `end` or `graph` for its own words; with the schema before it no name is one. */
function idOf(table: string): string {
  return table.replace('.', '__');
}

function labelOf(table: string): string {
  return table === 'report.index' ? 'report/index.html' : (table.split('.')[1] ?? table);
}
