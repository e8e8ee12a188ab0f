import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const longFolders = /[/]tests[/](runs|client|real)[/]/;

/** Begins with the files that start servers and workers, so that no one of them is left running alone at the end. */
class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => longFolders.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    // Most files wait for servers and disks of their own; three at once keep two cores busy.
    maxWorkers: 3,
    // Nothing here changes what another file sees, so files share a process and load the libraries once. What can be
    // set once in a process is set through tests/support (quiet-runtime.ts); what a file stubs it takes back.
    isolate: false,
    sequence: { sequencer: LongFilesFirst },
    // Bounds for what hangs, wide enough for a machine that is busy with other things.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
