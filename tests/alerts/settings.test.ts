import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runOptions } from '../../client/run/start-run.ts';
import { configuredSecrets, loadSettings } from '../../settings.ts';

const variable = 'MARKETLAKE_ALERT_WEBHOOK_ON_CALL';
const address = 'https://hooks.example.com/services/canary';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alert-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function withAlerts(alerts: object, more: Record<string, string> = {}): Record<string, string> {
  return { MARKETLAKE_CONFIG: file('mine.yaml', JSON.stringify({ alerts })), ...more };
}

const oneHook = { webhooks: [{ name: 'on-call' }] };

it('nobody is told of anything unless it is configured, and then a run carries nothing of it', () => {
  expect(loadSettings({}).alerts).toBeNull();
  expect(runOptions(loadSettings({}), true)).not.toHaveProperty('alerts');
});

it('an address comes from its variable or its file, into no run, and is known as a secret', () => {
  for (const more of [{ [variable]: address }, { [`${variable}_FILE`]: file('secret', `${address}\n`) }]) {
    const settings = loadSettings(withAlerts(oneHook, more));
    expect(settings.alerts?.webhooks).toMatchObject([{ name: 'on-call', url: address, format: 'json' }]);
    const options = runOptions(settings, true);
    expect(options.alerts).toEqual({ answerWithinSeconds: 10 });
    expect(JSON.stringify(options)).not.toContain('canary');
    expect(configuredSecrets(settings, {})).toEqual([address, '/services/canary']);
  }
});

it('an address that cannot be used is refused by its variable, and not repeated', () => {
  const load = (url: string) => (): unknown => loadSettings(withAlerts(oneHook, { [variable]: url }));
  expect(load('http://hooks.example.com/canary')).toThrow(
    `What ${variable} holds is neither an https:// address nor one of this machine`,
  );
  expect(load('canary')).toThrow(/^What MARKETLAKE_ALERT_WEBHOOK_ON_CALL holds is no URL$/);
});

it.each([
  [{ webhooks: [{ name: 'on-call' }, { name: 'on-call' }] }, 'names must be unique'],
  [{ webhooks: [{ name: 'On Call' }] }, 'a short name of lower case letters'],
  [{ webhooks: [{ name: 'a', url: address }] }, 'Unrecognized key'],
  [{ rules: [{ ticker: 'DOGE', crosses: 'above', price: 1 }] }, 'there is no asset "DOGE"'],
  [{ rules: [{ ticker: 'BTC', crosses: 'over', price: 1 }] }, 'a rule is { ticker, crosses'],
])('%j is refused with its file and line: %s', (alerts, message) => {
  const { MARKETLAKE_CONFIG = '' } = withAlerts(alerts);
  expect(() => loadSettings({ MARKETLAKE_CONFIG })).toThrow(message);
  expect(() => loadSettings({ MARKETLAKE_CONFIG })).toThrow(`${MARKETLAKE_CONFIG}:1: alerts`);
});
