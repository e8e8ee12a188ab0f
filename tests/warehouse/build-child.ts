/** A process that builds a warehouse from the inputs in its one argument and tells each step on a line of its own. */
import { z } from 'zod';
import { buildWarehouse, type WarehouseInputs } from '../../warehouse/build.ts';

const shape = z.looseObject({ now: z.coerce.date() });
// The parent serialised whole inputs; only the date needs reviving.
const inputs = shape.parse(JSON.parse(process.argv[2] ?? 'null')) as unknown as WarehouseInputs;
const { outcome } = await buildWarehouse({
  ...inputs,
  onProgress: (step) => process.stdout.write(`${step}\n`),
});
process.stdout.write(`${outcome}\n`);
