import { execFileSync } from 'node:child_process';

/** The interpreter to look for libraries in; a virtual environment's is named by the variable. */
export const python = process.env['MARKETLAKE_TEST_PYTHON'] ?? 'python3';

/** Tells whether the interpreter is there and has a library. */
export function canImport(library: string): boolean {
  try {
    execFileSync(python, ['-c', `import ${library}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
