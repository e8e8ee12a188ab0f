import { readFileSync } from 'node:fs';
import { SettingsError } from './settings-error.ts';

/** The variables that a process was given. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a secret from its variable, or from the file that NAME_FILE names, as Docker and Kubernetes hand secrets over.
 * One newline at the file's end is not part of it.
 * @throws SettingsError that names variables and file, never what they hold.
 */
export function secretOf(environment: Environment, name: string): string | undefined {
  const fileVariable = `${name}_FILE`;
  const path = environment[fileVariable];
  if (!path) return environment[name] || undefined;
  if (environment[name])
    throw new SettingsError(`${name} and ${fileVariable} are both set: unset the one that is not meant`);
  const secret = readSecret(path, fileVariable).replace(/\r?\n$/, '');
  if (secret !== '') return secret;
  throw new SettingsError(`${fileVariable} names ${path}, which is empty: write the secret into it`);
}

function readSecret(path: string, variable: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const found = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
    throw new SettingsError(
      `${variable} names ${path}, which cannot be read (${found}): correct the path, or let the process read the file`,
    );
  }
}

/** A property where there is something to say. */
export function optional<K extends string>(
  name: K,
  value: string | undefined,
): { readonly [P in K]?: string } {
  return value ? ({ [name]: value } as { [P in K]: string }) : {};
}
