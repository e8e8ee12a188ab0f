import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});

/** One package of the lock file, for whichever platform it is. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** True where only building and testing need it, so that it is in no image. */
  readonly isDev: boolean;
  readonly hasInstallScript: boolean;
}

/**
 * Licences of packages whose entry in the lock file names none, as their own LICENSE file has it; a name is kept with
 * its version, so that the next one is looked at again.
 */
const readByHand: Readonly<Record<string, string>> = { 'unionfs@4.6.0': 'Unlicense' };

/** Reads every package of package-lock.json, of all platforms, so that the list does not depend on the machine. */
export function lockedPackages(project: string): LockedPackage[] {
  const lock = lockSchema.parse(JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')));
  return Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, { version = '', license, dev, hasInstallScript }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const licence = license ?? readByHand[`${name}@${version}`] ?? 'unknown';
      return { name, version, licence, isDev: dev === true, hasInstallScript: hasInstallScript === true };
    });
}
