import { describe, expect, it } from 'vitest';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../lake/json.ts';
import { keepContract, readKeptContract } from '../../lake/kept-contracts.ts';
import { keptContractFile } from '../../lake/layout.ts';
import { LocalStore } from '../../lake/local-store.ts';

const text = 'version: 1.0.0\n';
const contract = { dataset: 'massive.daily_bars', version: '1.0.0', sha256: sha256(text) };

async function emptyStore(): Promise<LocalStore> {
  return new LocalStore(await mkdtemp(join(tmpdir(), 'kept-contracts-')));
}

describe('a kept contract', () => {
  it('is read back as it was, also after it was kept twice', async () => {
    const store = await emptyStore();
    await keepContract(store, contract, Buffer.from(text));
    await keepContract(store, contract, Buffer.from(text));
    expect(await readKeptContract(store, contract)).toBe(text);
  });

  it('stands beside another text that claims the same version', async () => {
    const store = await emptyStore();
    const other = { ...contract, sha256: sha256('version: 1.0.0 # mended\n') };
    await keepContract(store, contract, Buffer.from(text));
    await keepContract(store, other, Buffer.from('version: 1.0.0 # mended\n'));
    expect(await readKeptContract(store, contract)).toBe(text);
    expect(await readKeptContract(store, other)).toBe('version: 1.0.0 # mended\n');
  });

  it('that nobody kept is undefined', async () => {
    expect(await readKeptContract(await emptyStore(), contract)).toBeUndefined();
  });

  it('that was altered is refused', async () => {
    const store = await emptyStore();
    await keepContract(store, contract, Buffer.from(text));
    const { dataset, version, sha256: hash } = contract;
    await writeFile(store.pathOf(keptContractFile(dataset, version, hash)), 'version: 6.6.6\n');
    await expect(readKeptContract(store, contract)).rejects.toMatchObject({ code: 'LakeDamaged' });
  });
});
