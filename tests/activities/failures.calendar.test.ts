import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import { asActivityFailure } from '../../activities/failures.ts';
import { calendarByName } from '../../calendars/index.ts';

it('a day before the calendar is a mistake: its step fails at once, under its code', async () => {
  const failure = await new MockActivityEnvironment().run(async () => {
    try {
      return calendarByName('nyse').day('1985-01-02');
    } catch (error) {
      return asActivityFailure(error);
    }
  });
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: 'BeforeCalendar', nonRetryable: true });
});
