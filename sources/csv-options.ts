import { DateTime } from 'luxon';
import { z } from 'zod';

const columnName = z.string().min(1);

/** How one value comes from a line: a column as it is, one column by another, or one over a column. */
const csvValue = z.union([
  columnName,
  z.strictObject({ divide: z.tuple([columnName, columnName]) }),
  z.strictObject({ inverse: columnName }),
]);

const filePath = z
  .string()
  .min(1)
  .refine((file) => !file.startsWith('/') && !file.includes('\0') && !file.split(/[\\/]/).includes('..'), {
    error: 'write a path below the csv folder, without ".."',
  });

const dateFormat = z.string().refine(isDayFormat, {
  error:
    "write Luxon tokens for year, month and day, such as yyyy-MM-dd, M/d/yyyy or yyyy-MM-dd HH:mm:ss 'UTC'",
});

const csvFields = z.strictObject({
  /** The path of one file below the csv folder, `.csv` or packed as `.csv.gz`. */
  file: filePath.optional(),
  /** In place of `file`: a folder below the csv folder, all `.csv` and `.csv.gz` of which are read as one series. */
  folder: filePath.optional(),
  /** The column that holds the day whose close the line is. */
  dateColumn: columnName,
  /** The day's format in Luxon tokens, fixed text in single quotes; read as UTC. */
  dateFormat: dateFormat.default('yyyy-MM-dd'),
  /** Where each value comes from; `close` is required. */
  columns: z.strictObject({
    close: csvValue,
    open: csvValue.optional(),
    high: csvValue.optional(),
    low: csvValue.optional(),
    volume: csvValue.optional(),
    market_cap: csvValue.optional(),
  }),
  /** Texts that mean "no value"; a day without a close has no row. */
  nullText: z.array(z.string()).readonly().default(['', 'N/A']),
  /** What stands between two fields; one character. */
  delimiter: z
    .string()
    .length(1)
    .refine((sign) => !/["\r\n\ufeff]/.test(sign), { error: 'a quote or the end of a line parts no fields' })
    .default(','),
});

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** How one csv file, or one folder of them, is read, as `sources.csv.files.<symbol>` in the configuration says it. */
export const csvFileSchema = csvFields.refine(
  ({ file, folder }) => (file === undefined) !== (folder === undefined),
  { error: 'name either a file or a folder', path: ['file'], when: ({ value }) => isObject(value) },
);

/** How one csv file, or one folder of them, is read, defaults filled in. */
export type CsvFileOptions = z.output<typeof csvFileSchema>;

/** How one value comes from a line. */
export type CsvValue = z.output<typeof csvValue>;

/** Which of the two is read, the other being absent. */
export interface CsvPlace {
  readonly file?: string | undefined;
  readonly folder?: string | undefined;
}

/** Names what is read, for messages: the path of a file, or of a folder, below the csv folder. */
export function csvPlaceOf({ file, folder }: CsvPlace): string {
  return file ?? `${folder ?? ''}/`;
}

/**
 * Tells whether a format, written and read back, keeps the day: "M/d" and "yyyy" do not. Y and D are other
 * libraries' letters, which Luxon takes for text or for a local habit.
 */
function isDayFormat(format: string): boolean {
  if (/[YD]/.test(format.replaceAll(/'[^']*'/g, ''))) return false;
  const day = DateTime.utc(2019, 11, 23, { locale: 'en-US' });
  const read = DateTime.fromFormat(day.toFormat(format), format, { zone: 'utc', locale: 'en-US' });
  return read.toISODate() === day.toISODate();
}
