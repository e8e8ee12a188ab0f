/**
 * The fewest requests that cover a set of wanted cells, where one request covers a whole row (every date
 * of one ticker) or a whole column (every ticker on one date). That is a smallest vertex cover of a
 * bipartite graph, which by König's theorem follows from a largest matching (found by augmenting paths).
 */
export interface Cover {
  readonly rows: ReadonlySet<string>;
  readonly columns: ReadonlySet<string>;
}

/** Covers every wanted (row, column) pair. Where there is a choice, rows are preferred. */
export function fewestRequests(wanted: ReadonlyMap<string, ReadonlySet<string>>): Cover {
  const columnOfRow = new Map<string, string>();
  const rowOfColumn = new Map<string, string>();
  for (const row of wanted.keys()) augment(row, wanted, columnOfRow, rowOfColumn, new Set());
  return coverOf(wanted, columnOfRow, rowOfColumn);
}

/** Finds a place for a row, moving rows that were placed before where that frees one. */
function augment(
  row: string,
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
  columnOfRow: Map<string, string>,
  rowOfColumn: Map<string, string>,
  tried: Set<string>,
): boolean {
  for (const column of wanted.get(row) ?? []) {
    if (tried.has(column)) continue;
    tried.add(column);
    const holder = rowOfColumn.get(column);
    if (holder === undefined || augment(holder, wanted, columnOfRow, rowOfColumn, tried)) {
      rowOfColumn.set(column, row);
      columnOfRow.set(row, column);
      return true;
    }
  }
  return false;
}

/**
 * König: of what alternating paths from the rows left without a place reach, the columns are needed; of the
 * rest, the rows. Beginning with rows makes them the choice where both would do.
 */
function coverOf(
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
  columnOfRow: ReadonlyMap<string, string>,
  rowOfColumn: ReadonlyMap<string, string>,
): Cover {
  const reachedRows = new Set([...wanted.keys()].filter((row) => !columnOfRow.has(row)));
  const reachedColumns = new Set<string>();
  // A set iterates over what is added to it on the way.
  for (const row of reachedRows) {
    for (const column of wanted.get(row) ?? []) {
      reachedColumns.add(column);
      const holder = rowOfColumn.get(column);
      if (holder !== undefined) reachedRows.add(holder);
    }
  }
  const rows = [...wanted.keys()].filter((row) => !reachedRows.has(row));
  return { rows: new Set(rows), columns: reachedColumns };
}
