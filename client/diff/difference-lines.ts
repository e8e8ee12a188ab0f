import { countOf } from '../../workflows/pure/count-of.ts';
import {
  differenceWords,
  type ChangedRow,
  type ModelDifference,
  type WarehouseDifference,
} from '../../warehouse/diff/difference.ts';

/** More changed columns of a row than this are counted, not shown. */
const columnsShown = 4;

/** Says how two warehouses differ: first in one sentence, then model by model. */
export function differenceLines(difference: WarehouseDifference): string[] {
  return [differenceWords(difference), ...difference.models.flatMap(modelLines)];
}

function modelLines(model: ModelDifference): string[] {
  if (model.presence !== 'both') return ['', `${model.model}: ${model.presence}`];
  const { rowsAdded, rowsRemoved, rowsChanged, columnsAdded, columnsRemoved } = model;
  const rows = [
    [rowsAdded, 'added'],
    [rowsRemoved, 'removed'],
    [rowsChanged, 'changed'],
  ] as const;
  const parts = [
    ...rows.filter(([count]) => count > 0).map(([count, word]) => `${countOf(count, 'row')} ${word}`),
    ...(columnsAdded.length > 0 ? [`with new columns ${columnsAdded.join(', ')}`] : []),
    ...(columnsRemoved.length > 0 ? [`without columns ${columnsRemoved.join(', ')}`] : []),
  ];
  return ['', `${model.model}: ${parts.join(', ')}`, ...model.examples.map(exampleLine)];
}

function exampleLine({ key, values }: ChangedRow): string {
  const shown = values
    .slice(0, columnsShown)
    .map(({ column, before, after }) => `${column} ${before ?? 'null'} → ${after ?? 'null'}`);
  const more = values.length - shown.length;
  const rest = more > 0 ? [`${countOf(more, 'more column')}`] : [];
  return `  ${Object.values(key).join(' ')}: ${[...shown, ...rest].join(', ')}`;
}
