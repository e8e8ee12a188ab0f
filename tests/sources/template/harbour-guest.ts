import type { PlayedApi } from '../../../sources/sample/apis.ts';
import { sampleFolderOf } from '../../../sources/usual.ts';
import { harbourSource } from './harbour.ts';
import { harbourApi } from './sample-harbour.ts';

/** Harbour as a sample market plays it: a guest, since it is in no registry. */
export const harbourGuest: PlayedApi = asGuest();

function asGuest(): PlayedApi {
  const { name, usual } = harbourSource();
  if (usual.isLocal) throw new TypeError('Only an API can be played.');
  return { source: name, folder: sampleFolderOf(name, usual), api: harbourApi };
}
