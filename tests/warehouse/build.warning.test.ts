import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildWarehouse } from '../../warehouse/build.ts';
import { model, writeSql } from './sql-folder.ts';
import { ask, TinyLake } from './tiny-lake.ts';

test('a test of severity warning is reported and stops nothing', async () => {
  const lake = await (await TinyLake.make()).write();
  const folder = await writeSql(join(lake.folder, 'sql'), {
    'marts/two.sql': model('select 2 as n'),
    'tests/no_two.sql': '-- severity: warning\nselect n from marts.two where n = 2',
  });
  const result = await buildWarehouse(lake.inputs({ sqlFolder: folder }));
  expect(result.tests).toContainEqual({ name: 'no_two', severity: 'warning', offenders: 1 });
  expect(await ask(lake.warehousePath, 'from marts.two')).toEqual([{ n: 2 }]);
  await lake.remove();
});
