import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { Place, smallConfig, startWorld, type Status, type World } from './support.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld(27_233);
}, cliTimeoutMs);
afterAll(() => world.stop());

interface ScheduleSaid {
  readonly outcome: string;
  readonly isPaused: boolean;
  readonly isConfigured: boolean;
  readonly next: readonly string[];
  readonly ticks: readonly { readonly status: string; readonly run: string | null }[];
}

const schedule = (action: string): Promise<{ readonly code: number | null; readonly value: ScheduleSaid }> =>
  world.place.json<ScheduleSaid>('schedule', action);

describe('schedule', () => {
  it('says that there is none, and what to do, where one is needed', async () => {
    const described = await world.place.runApart('schedule', 'describe');
    expect(described).toMatchObject({ code: 1, error: '' });
    expect(described.out).toContain('schedule.ts create');
    for (const action of ['trigger', 'pause', 'resume', 'delete']) {
      const { code, out, error } = await world.place.run('schedule', action);
      expect({ action, code, out }).toEqual({ action, code: 2, out: '' });
      expect(error).toContain('schedule.ts create');
    }
  });

  it('is created once, and a second time found in line', async () => {
    expect(await schedule('create')).toMatchObject({
      code: 0,
      value: { outcome: 'created', isPaused: false },
    });
    expect(await schedule('create')).toMatchObject({ code: 0, value: { outcome: 'unchanged' } });
    const { value } = await schedule('describe');
    expect(value).toMatchObject({ isConfigured: true, isPaused: false, ticks: [] });
    const days = value.next.map((at) => at.slice(0, 10));
    expect(new Set(days).size).toBe(days.length);
  });

  it('follows a change of the configuration, and stays paused through it', async () => {
    expect((await schedule('pause')).value).toMatchObject({ isPaused: true, isChanged: true });
    expect((await schedule('pause')).value).toMatchObject({ isPaused: true, isChanged: false });
    await world.place.configure({ ...smallConfig, schedule: { time: '05:15', timeZone: 'UTC' } });
    expect((await schedule('describe')).value).toMatchObject({ isConfigured: false });
    expect((await schedule('create')).value).toMatchObject({ outcome: 'updated', isPaused: true });
    expect((await schedule('create')).value).toMatchObject({ outcome: 'unchanged', isPaused: true });
    const { value } = await schedule('describe');
    expect(value.isConfigured).toBe(true);
    expect(value.next.every((at) => at.slice(11, 16) === '05:15')).toBe(true);
    expect((await schedule('resume')).value).toMatchObject({ isPaused: false, isChanged: true });
  });

  it('ticks when it is told to: the run of the newest final day starts by itself', async () => {
    const { code, value } = await world.place.json<{ run: string; isStarted: boolean }>(
      'schedule',
      'trigger',
    );
    expect({ code, isStarted: value.isStarted }).toEqual({ code: 0, isStarted: true });
    const date = value.run.replace('daily/', '');
    expect((await world.place.run('daily')).out).toContain(`Run daily/${date}`);
    expect((await schedule('describe')).value.ticks).toMatchObject([{ status: 'completed', run: value.run }]);
    const { counts } = (await world.place.json<Status>('status', '--from', date, '--to', date)).value;
    expect((counts['missing'] ?? 0) + (counts['running'] ?? 0)).toBe(0);
  });

  it('is deleted once', async () => {
    expect((await schedule('delete')).code).toBe(0);
    expect((await schedule('delete')).code).toBe(2);
  });
});

describe('doctor', () => {
  interface Found {
    readonly findings: readonly {
      readonly check: string;
      readonly verdict: string;
      readonly found: string;
      readonly fix?: string;
    }[];
  }

  it('finds nothing wrong with a lake that works, and asks a whole market once', async () => {
    world.market.forgetRequests();
    const { code, value } = await world.place.json<Found>('doctor');
    expect(value.findings.filter(({ verdict }) => verdict === 'wrong')).toEqual([]);
    expect(code).toBe(0);
    expect(value.findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'settings',
        'contracts',
        'lake',
        'room',
        'mounts',
        'files',
        'server',
        'attributes',
        'worker',
        'port',
        'clock',
      ]),
    );
    expect(world.market.requests).toHaveLength(3);
    world.market.forgetRequests();
    expect((await world.place.runApart('doctor', '--offline')).code).toBe(0);
    expect(world.market.requests).toHaveLength(0);
  });

  it('names a key that is refused, and ends with 2', async () => {
    world.market.order({ kind: 'status', status: 401, match: { source: 'massive' }, times: null });
    const { code, value } = await world.place.json<Found>('doctor');
    world.market.clearFaults();
    expect(code).toBe(2);
    const wrong = value.findings.filter(({ verdict }) => verdict === 'wrong');
    expect(wrong.map(({ check }) => check)).toEqual(['massive']);
    expect(wrong[0]?.found).toContain('MASSIVE_API_KEY');
  });

  it('names a symbol that its source does not know, and passes the others', async () => {
    const place = await Place.create({
      ...smallConfig,
      assets: smallConfig.assets.map((asset) =>
        asset.ticker === 'AAPL'
          ? { ...asset, sources: [{ dataset: 'massive.daily_bars', symbol: 'APPLE' }] }
          : asset,
      ),
    });
    await world.introduce(place);
    const { value } = await place.json<Found>('doctor');
    await place.remove();
    const massive = value.findings.filter(({ check }) => check === 'massive');
    expect(massive.map(({ verdict }) => verdict)).toEqual(['ok', 'wrong']);
    expect(massive[1]?.found).toContain('APPLE');
  });

  it('says that no worker is at the queues, and ends with 3', async () => {
    const place = await Place.create();
    await world.introduce(place);
    const { code, out } = await place.run('doctor', '--offline');
    await place.remove();
    expect(code).toBe(3);
    expect(out).toMatch(/worker +wrong +nobody is at/);
    expect(out.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  it('names file and line of a configuration that cannot be read, and ends with 2', async () => {
    const place = await Place.create({ market: 'moon' });
    const { code, out } = await place.run('doctor');
    expect(code).toBe(2);
    expect(out.replaceAll(/\s+/g, '')).toContain(`${place.config}:1:market`);
    await place.remove();
  });
});

describe('a lake without a worker', () => {
  it('is told within five seconds by every command that needs one; what was started waits', async () => {
    const place = await Place.create();
    await world.introduce(place);
    const { cells } = (await place.json<Status>('status')).value;
    const day =
      cells.filter(({ ticker, state }) => ticker === 'AAPL' && state === 'missing').at(-1)?.date ?? '';
    const commands = [['backfill', '--days', '2'], ['daily'], ['daily', '--no-wait'], ['retry', day, 'AAPL']];
    const said = await Promise.all(commands.map(([command = '', ...words]) => place.run(command, ...words)));
    expect(said.map(({ code }) => code)).toEqual([3, 3, 3, 3]);
    expect(said.every(({ error }) => error.includes('No worker answers'))).toBe(true);
    const { runs } = (await place.json<Status>('status')).value;
    expect(runs).toHaveLength(2);
    expect((await place.run('cancel', runs[0] ?? '')).code).toBe(3);
    await place.remove();
  });
});
