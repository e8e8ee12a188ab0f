/** A process that encodes the rows of the parquet test and says the file's hash. */
import { sha256 } from '../../../lake/json.ts';
import { encodeParquet } from '../../../lake/parquet.ts';
import { columns, metadata, rows } from './parquet-rows.ts';

process.stdout.write(sha256(encodeParquet(columns, rows, metadata)));
