import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Opens a DuckDB in memory that reads many small files, each once, and fetches no extension. It keeps nothing of a file:
 * its cache takes a file of the same size that was written within the same moment for the one it has read before, and a
 * thousand files kept take 60 MB, for as long as it is open.
 */
export async function openFileReader(
  options: Readonly<Record<string, string>> = {},
): Promise<DuckDBInstance> {
  return DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    enable_external_file_cache: 'false',
    ...options,
  });
}
