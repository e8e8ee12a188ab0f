import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    // Most files wait for servers and disks of their own; three at once keep two cores busy.
    maxWorkers: 3,
    // Nothing here changes what another file sees, so files share a process and load the libraries once.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
