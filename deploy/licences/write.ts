import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAllowed } from './allowed.ts';
import { lockedPackages } from './packages.ts';
import { licencesPage } from './page.ts';

/** Writes docs/licences.md, and ends with 1 where a package has a licence that is not on the list. */
const project = join(import.meta.dirname, '../..');
const packages = lockedPackages(project);
writeFileSync(join(project, 'docs', 'licences.md'), licencesPage(packages));
console.log(`Wrote ${packages.length} packages to docs/licences.md.`);
for (const used of packages.filter((each) => !isAllowed(each))) {
  console.error(
    `${used.name} ${used.version} is under ${used.licence}, which is not on the list: read it, then add it to deploy/licences/allowed.ts or do without.`,
  );
  process.exitCode = 1;
}
