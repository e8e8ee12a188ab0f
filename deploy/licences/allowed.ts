/** Licences that ask for no more than to be named: what is shipped may have these, and no others. */
const permissive = [
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT OR Apache-2.0',
  'Unlicense',
] as const;

/** Licences of single packages that were looked at and found fit for what we do with them, by name. */
const lookedAt: Readonly<Record<string, string>> = {
  // Data on browsers that the bundler reads; attribution is asked for.
  'caniuse-lite': 'CC-BY-4.0',
};

/** What is used to build and test only, and never shipped, may also have these. */
const forToolsOnly = [
  // Copyleft by file: it binds who changes these files and passes them on, which we do not.
  'MPL-2.0',
  'PSF-2.0',
  '(ISC AND CC-BY-3.0)',
] as const;

/** Tells whether a package may be used where it is used. */
export function isAllowed(used: {
  readonly name: string;
  readonly licence: string;
  readonly isDev: boolean;
}): boolean {
  const { name, licence, isDev } = used;
  const allowed: readonly string[] = isDev ? [...permissive, ...forToolsOnly] : permissive;
  return allowed.includes(licence) || lookedAt[name] === licence;
}
