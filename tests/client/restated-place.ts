import { RecordedLake } from '../warehouse/recorded-lake.ts';
import { Place, smallConfig } from './support.ts';

/** The one instant at which a price of `restatedPlace` changed. */
export const restatement = '2024-03-04T09:00:00.000Z';

/**
 * Makes a lake with Bitcoin alone: closes of two days, the first of them restated later, and a failed day
 * that was mended with it. Its warehouse is of what is known now.
 */
export async function restatedPlace(): Promise<{ place: Place; lake: RecordedLake }> {
  const [bitcoin] = smallConfig.assets;
  const place = await Place.create({ ...smallConfig, assets: [bitcoin] });
  const lake = new RecordedLake(place.lake);
  await lake.publish('2024-02-28', 100, '2024-02-29T00:30:00.000Z');
  await lake.note('2024-02-29', '2024-03-01T00:30:00.000Z', {
    event: 'failed',
    code: 'NoData',
    reason: 'no row for an open day',
  });
  await lake.publish('2024-03-01', 110, '2024-03-02T00:30:00.000Z');
  await lake.windowFailure('2024-03-02', '2024-03-03T00:30:00.000Z', 'the API was down');
  await lake.publish('2024-02-28', 104, restatement);
  await lake.publish('2024-02-29', 105, restatement);
  await lake.publish('2024-03-02', 120, restatement);
  await lake.build('2024-03-05T00:00:00Z');
  return { place, lake };
}
