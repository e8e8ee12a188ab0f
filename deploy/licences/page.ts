import type { LockedPackage } from './packages.ts';

/** Writes the page that lists every package with its version and licence, those that are shipped first. */
export function licencesPage(packages: readonly LockedPackage[]): string {
  const shipped = packages.filter(({ isDev }) => !isDev);
  const tools = packages.filter(({ isDev }) => isDev);
  return `${[
    '# Licences',
    '',
    'Made by `npm run licences` from `package-lock.json`: every package for any platform. A test holds this page against the lock file, and each licence against a short list (`deploy/licences/allowed.ts`).',
    'This project itself is under the Apache License 2.0 (`LICENSE`). A bill of materials in CycloneDX, with hashes: `npm run --silent sbom`.',
    '',
    ...section('Shipped with the worker', shipped),
    '',
    ...section('For building and testing only', tools),
  ].join('\n')}\n`;
}

function section(title: string, packages: readonly LockedPackage[]): string[] {
  const licences = [...new Set(packages.map(({ licence }) => licence))].sort();
  return [
    `## ${title}`,
    `| licence | packages |`,
    '|---|---|',
    ...licences.map((licence) => `| ${licence} | ${namesOf(packages, licence).join(', ')} |`),
  ];
}

function namesOf(packages: readonly LockedPackage[], licence: string): string[] {
  const names = packages
    .filter((each) => each.licence === licence)
    .map(({ name, version }) => `${name} ${version}`);
  return [...new Set(names)].sort();
}
