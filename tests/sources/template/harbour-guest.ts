import { sampleFolderOf } from '../../../sources/usual.ts';
import type { PlayedApi } from '../../../sources/sample/apis.ts';
import { harbourSource, usual } from './harbour.ts';
import { harbourApi } from './sample-harbour.ts';

export { harbourSource };

/** Harbour as a sample market plays it: a guest, since it is in no registry. */
export const harbourGuest: PlayedApi = {
  source: 'harbour',
  folder: sampleFolderOf('harbour', usual),
  api: harbourApi,
};
