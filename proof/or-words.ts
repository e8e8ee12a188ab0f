import { LakeError } from '../lake/lake-error.ts';

/** Answers with what is read, or, where that is damaged, with the sentence that says so. */
export async function orWords<T>(reading: Promise<T>): Promise<T | string> {
  return reading.catch((error: unknown) => {
    if (error instanceof LakeError && error.code === 'LakeDamaged') return error.message;
    throw error;
  });
}
