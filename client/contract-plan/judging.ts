import type { DuckDBConnection } from '@duckdb/node-api';
import type { OpenLake } from '../command/lake-client.ts';
import type { Contract } from '../../contracts/contract.ts';
import type { JudgedCell } from '../../plan/judged-again.ts';
import type { Toll } from './toll.ts';

/** What judging needs and fills. */
export interface Judging {
  readonly open: OpenLake;
  readonly connection: DuckDBConnection;
  readonly contract: Contract;
  readonly toll: Toll;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** A cell and a file of it. */
export interface CellFile {
  readonly judged: JudgedCell;
  readonly parquetPath: string;
}
