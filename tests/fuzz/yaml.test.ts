import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { isMap, isScalar, parseDocument, visit, type Pair } from 'yaml';
import { ContractError } from '../../contracts/contract-error.ts';
import type { Contract } from '../../contracts/contract.ts';
import { loadContracts } from '../../contracts/load.ts';
import { parseContract } from '../../contracts/parse.ts';
import { loadSettings, projectFolder, SettingsError, type Settings } from '../../settings.ts';
import { contractsFolder } from '../contracts/support.ts';
import { longMs, runs } from './runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'marketlake-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads a contract; undefined where it is refused with a place, anything else gets out. */
function contractOf(text: string): Contract | undefined {
  try {
    return parseContract(text, 'some.odcs.yaml');
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    expect([error.code, error.message]).toEqual([
      'ContractInvalid',
      expect.stringMatching(/some\.odcs\.yaml:\d+:\d+: /),
    ]);
    return undefined;
  }
}

/** Reads settings with a file laid over them; undefined where it is refused by its name, anything else gets out. */
function settingsOf(overlay: string | Uint8Array): Settings | undefined {
  const path = join(folder, 'over.yaml');
  writeFileSync(path, overlay);
  try {
    return loadSettings({ MARKETLAKE_CONFIG: path });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    expect(error.message).toMatch(/(over|marketlake)\.yaml|_API_KEY|_BASE_URL/);
    return undefined;
  }
}

const nine = (text: string): string => `[${Array.from({ length: 9 }, () => text).join(',')}]`;
const bomb = [...'bcdefghi'].map(
  (name, index) => `${name}: &${name} ${nine(`*${'abcdefghi'.charAt(index)}`)}`,
);

/** What once got out as another error, or was passed over in silence, and its kind. */
const hostile: Readonly<Record<string, string>> = {
  'aliases that unfold to nine to the ninth': [`a: &a ${nine('x')}`, ...bomb].join('\n'),
  'a map that holds itself': 'schema: &a { schema: *a }',
  'a list that holds itself': 'status: &a [*a]',
  'lists within lists': `a: ${'['.repeat(5_000)}`,
  'maps within maps': Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  'a name that stands behind every map': '__proto__: { polluted: 1 }',
  'such a name deeper down': 'sources: { csv: { files: { __proto__: { file: a.csv } } } }',
  'two documents': 'run: {}\n---\nrun: {}',
  'one name twice': 'run: {}\nrun: {}',
  'a set where a map belongs': '!!set { run, market }',
  'a merge that YAML 1.2 does not know': '<<: { market: live }',
};

describe('a YAML file that means harm', () => {
  it.each(Object.entries(hostile))('is no contract: %s', (_, text) =>
    expect(contractOf(text)).toBeUndefined(),
  );
  it.each(Object.entries(hostile))('is no settings file: %s', (_, text) => {
    expect(settingsOf(text)).toBeUndefined();
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it('is no settings file where it is no text, or no file at all', () => {
    expect(settingsOf(Uint8Array.from([0x72, 0x75, 0x6e, 0x3a, 0x20, 0xff]))).toBeUndefined();
    expect(() => loadSettings({ MARKETLAKE_CONFIG: folder })).toThrow(SettingsError);
  });
});

const texts = [...loadContracts(contractsFolder).values()].map(({ file }) => readFileSync(file, 'utf8'));
const pieces = fc.oneof(
  fc.json({ maxDepth: 2 }),
  fc.constantFrom(
    '&a',
    '*a',
    '<<',
    '!!set',
    '? ',
    '- ',
    '\t',
    ': ',
    '#',
    '|',
    '.nan',
    '~',
    '"',
    '{',
    '\0',
    '__proto__',
  ),
);

it(
  'a contract with any piece of its text replaced is refused at a place, or says just what it then holds',
  () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.nat({ max: 30 }),
        pieces,
        (text, at, length, piece) => {
          const from = at % text.length;
          const mutated = `${text.slice(0, from)}${piece}${text.slice(from + length)}`;
          const contract = contractOf(mutated);
          if (contract !== undefined)
            expect(ruleNamesIn(mutated)).toEqual(contract.rules.map(({ name }) => name).sort());
        },
      ),
      runs(60),
    ),
  longMs,
);

/** The names of the rules that a contract's text holds, by YAML's own reader. */
function ruleNamesIn(text: string): string[] {
  const names: string[] = [];
  visit(parseDocument(text), {
    Map: (_, map) => {
      const type = map.get('type');
      if (type === 'sql' || type === 'library') names.push(String(map.get('name')));
    },
  });
  return names.sort();
}

/** The names under which an ODCS file says what nobody but people reads: any name may stand there. */
const loose = /^(description|team|servers|slaProperties)$/;

/** All pairs of a document but those below free text. */
function pairsOf(text: string): { document: ReturnType<typeof parseDocument>; pairs: Pair[] } {
  const document = parseDocument(text);
  const pairs: Pair[] = [];
  visit(document, {
    Pair: (_, pair) => {
      if (isScalar(pair.key) && loose.test(String(pair.key.value))) return visit.SKIP;
      pairs.push(pair);
      return undefined;
    },
  });
  return { document, pairs };
}

describe('a name that is written wrong', () => {
  it(
    'anywhere in a contract is refused, so that no rule is dropped in silence',
    () =>
      fc.assert(
        fc.property(
          fc.constantFrom(...texts),
          fc.nat(),
          fc.constantFrom('s', '_', ' '),
          (text, at, ending) => {
            const { document, pairs } = pairsOf(text);
            const pair = pairs[at % pairs.length];
            if (!pair || !isScalar(pair.key)) throw new Error('no pair');
            pair.key.value = `${String(pair.key.value)}${ending}`;
            expect(contractOf(String(document))).toBeUndefined();
          },
        ),
        runs(20),
      ),
    longMs,
  );

  it(
    'anywhere in the settings is refused',
    () => {
      const base = readFileSync(join(projectFolder, 'marketlake.yaml'), 'utf8');
      return fc.assert(
        fc.property(fc.nat(), fc.constantFrom('s', '_', '\u0000'), (at, ending) => {
          const { document, pairs } = pairsOf(base);
          const named = pairs.filter(({ value }) => isMap(value) || isScalar(value));
          const pair = named[at % named.length];
          if (!pair || !isScalar(pair.key)) throw new Error('no pair');
          pair.key.value = `${String(pair.key.value)}${ending}`;
          expect(settingsOf(String(document))).toBeUndefined();
        }),
        runs(20),
      );
    },
    longMs,
  );
});
