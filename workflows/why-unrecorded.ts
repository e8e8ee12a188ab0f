import { isCancellation } from '@temporalio/workflow';
import { troubleOf } from './pure/failure.ts';

/**
 * Waits for a step that records trouble and answers nothing, or, where even that fails (a full disk), a sentence
 * to add: what is told must be the trouble, not that it could not be written down.
 */
export async function whyUnrecorded(recording: Promise<void>): Promise<string> {
  try {
    await recording;
    return '';
  } catch (error) {
    if (isCancellation(error)) throw error;
    return ` It could not be recorded: ${troubleOf(error).reason}`;
  }
}
