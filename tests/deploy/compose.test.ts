import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { searchAttributes } from '../../client/command/lake-client.ts';
import { serverArgs } from '../../client/server/server-args.ts';
import { knownApis } from '../../sources/index.ts';
import { sourceVariables } from '../../sources/usual.ts';

const project = join(import.meta.dirname, '../..');
const text = (path: string): string => readFileSync(join(project, path), 'utf8');

const serviceSchema = z.looseObject({
  image: z.string(),
  build: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const compose = z
  .object({ services: z.record(z.string(), serviceSchema), volumes: z.record(z.string(), z.null()) })
  .parse(parse(text('docker-compose.yml')));
const services = Object.entries(compose.services);
const worker = serviceSchema.parse(compose.services['worker']);

const dockerfile = text('Dockerfile')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ word: line.slice(0, line.indexOf(' ')), rest: line.slice(line.indexOf(' ') + 1) }));
/** What the image gets of this project, without what an earlier stage built. */
const copied = dockerfile
  .filter(({ word, rest }) => word === 'COPY' && !rest.startsWith('--from'))
  .flatMap(({ rest }) => rest.split(' ').slice(0, -1));

/** Variables of Temporal's environment configuration, as `.env.example` lists them. */
const temporalVariables = [...text('.env.example').matchAll(/^#?(TEMPORAL_\w+)=/gm)].map((match) => match[1]);

/** Every file of this project that a file imports, directly or not. */
function importedFrom(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  for (const [, path] of text(entry).matchAll(/(?:from|import) '(\.{1,2}\/[^']+)'/g)) {
    importedFrom(relative(project, join(project, dirname(entry), path ?? '')), found);
  }
  return found;
}

describe('docker-compose.yml', () => {
  it('sets only variables for the worker that the code reads', () => {
    const settings = text('settings.ts');
    const read = [
      ...[...settings.matchAll(/environment\['(\w+)'\]/g)].map((match) => match[1]),
      ...knownApis.map(({ name }) => sourceVariables(name).apiKey),
      ...temporalVariables,
    ];
    expect(Object.keys(worker.environment).length).toBeGreaterThan(0);
    expect(read).toEqual(expect.arrayContaining(Object.keys(worker.environment)));
  });

  it('takes from outside only what .env.example lists', () => {
    const taken = [...text('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map((match) => match[1]);
    const listed = [...text('.env.example').matchAll(/^#?(\w+)=/gm)].map((match) => match[1]);
    expect(taken.length).toBeGreaterThan(0);
    expect(listed).toEqual(expect.arrayContaining(taken));
  });

  it('may be given keys as secrets by the file laid over it, each mounted where its variable points', () => {
    const over = z
      .object({
        services: z.object({
          worker: z.object({ environment: z.record(z.string(), z.string()), secrets: z.array(z.string()) }),
        }),
        secrets: z.record(z.string(), z.object({ file: z.string() })),
      })
      .parse(parse(text('deploy/secrets.compose.yaml')));
    const { environment, secrets } = over.services.worker;
    const listed = [...text('.env.example').matchAll(/^#?(\w+)=/gm)].map((match) => match[1]);
    expect(listed).toEqual(expect.arrayContaining(Object.keys(environment)));
    expect(Object.values(environment)).toEqual(secrets.map((name) => `/run/secrets/${name}`));
    expect(Object.keys(over.secrets)).toEqual(secrets);
  });

  it('runs the live market in a lake that outlives its container', () => {
    expect(worker.environment).toMatchObject({ MARKETLAKE_MARKET: 'live', MARKETLAKE_DATA_DIR: '/lake' });
    expect(worker.volumes).toContain('lake:/lake');
    expect(Object.keys(compose.volumes)).toEqual(['temporal-data', 'lake']);
  });

  it('publishes only ports on loopback that a service listens on', () => {
    const published = services.flatMap(([name, { ports }]) => ports.map((port) => `${name} ${port}`));
    expect(published).toEqual(['temporal 127.0.0.1:7233:7233', 'temporal-ui 127.0.0.1:8080:8080']);
  });

  it('reaches every address at a service that is there, on the port it listens on', () => {
    const addresses = services.flatMap(([, { environment }]) => environment['TEMPORAL_ADDRESS'] ?? []);
    expect(new Set(addresses)).toEqual(new Set(['temporal:7233']));
    expect(compose.services['temporal']?.environment['POSTGRES_SEEDS']).toBe('postgresql');
    expect(compose.services['temporal-schema']?.environment['SQL_HOST']).toBe('postgresql');
    for (const [, { depends_on }] of services) {
      for (const name of Object.keys(depends_on)) expect(compose.services).toHaveProperty([name]);
    }
  });

  it('mounts only files that are there and volumes that it declares', () => {
    const sources = services.flatMap(([, { volumes }]) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    const files = sources.filter((source) => source.startsWith('./'));
    expect(files.filter((file) => !existsSync(join(project, file)))).toEqual([]);
    expect(sources.filter((source) => !source.startsWith('./')).sort()).toEqual(
      Object.keys(compose.volumes).sort(),
    );
  });

  it('pins every image to a version', () => {
    for (const [, { image }] of services) expect(image).toMatch(/:\d+\.\d+/);
  });

  it('runs one version of the Temporal server and of its schemas', () => {
    const version = /:(\d+\.\d+\.\d+)/.exec(compose.services['temporal']?.image ?? '')?.[1] ?? 'none';
    for (const name of ['temporal-schema', 'temporal-namespace']) {
      expect(compose.services[name]?.image).toContain(`:${version}-`);
    }
  });

  it('gives the worker longer to stop than the worker gives its steps', () => {
    const graceSeconds = Number(
      /shutdownGraceTime = '(\d+) seconds'/.exec(text('worker/run-worker.ts'))?.[1],
    );
    const stopSeconds = Number(/^(\d+)s$/.exec(String(worker['stop_grace_period']))?.[1]);
    expect(stopSeconds).toBeGreaterThan(graceSeconds + 5);
  });

  it('gives the worker no rights and a root that it cannot write', () => {
    expect(worker).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      tmpfs: ['/tmp'],
    });
  });
});

describe('deploy/temporal', () => {
  it('gives the server the settings that the development server gets', () => {
    const settings = z
      .record(z.string(), z.tuple([z.object({ value: z.union([z.number(), z.boolean()]) })]))
      .parse(parse(text('deploy/temporal/dynamicconfig.yaml')));
    const given = Object.entries(settings).map(([key, [{ value }]]) => `${key}=${JSON.stringify(value)}`);
    const args = serverArgs({ port: 1, uiPort: 2, dbPath: 'x', searchAttributes: [] });
    expect(given.sort()).toEqual(
      args.filter((_, index) => args[index - 1] === '--dynamic-config-value').sort(),
    );
  });

  it('creates every search attribute that the workflows bear', () => {
    const created = /for name in (.+); do/.exec(text('deploy/temporal/namespace.sh'))?.[1];
    expect(created?.split(' ')).toEqual([...searchAttributes]);
  });
});

describe('Dockerfile', () => {
  it('builds in two stages from one pinned image and does not end as root', () => {
    const images = dockerfile.filter(({ word }) => word === 'FROM').map(({ rest }) => rest.split(' ')[0]);
    expect(images).toHaveLength(2);
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^node:20\.\d+\.\d+-/);
    const users = dockerfile.filter(({ word }) => word === 'USER').map(({ rest }) => rest);
    expect(users).toEqual(['node']);
  });

  it('copies only what is there and what .dockerignore lets through', () => {
    expect(copied.filter((path) => !existsSync(join(project, path)))).toEqual([]);
    const through = text('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect([...new Set(copied)].sort()).toEqual(through.sort());
  });

  it('copies every file that the worker and the commands import', () => {
    const commands = readdirSync(join(project, 'client')).filter((name) => name.endsWith('.ts'));
    const needed = ['worker/main.ts', ...commands.map((name) => `client/${name}`)].flatMap((entry) => [
      ...importedFrom(entry),
    ]);
    expect(needed.length).toBeGreaterThan(100);
    const isCopied = (file: string): boolean =>
      copied.some(
        (path) =>
          file === path || (statSync(join(project, path)).isDirectory() && file.startsWith(`${path}/`)),
      );
    expect(needed.filter((file) => !isCopied(file))).toEqual([]);
  });

  it('builds the workflows ahead, after all that they are made from and before it gives up root', () => {
    const steps = dockerfile.map(({ word, rest }) => `${word} ${rest}`);
    const built = steps.findIndex((step) => step.startsWith('RUN node --import tsx worker/build-bundle.ts'));
    expect(built).toBeGreaterThan(steps.indexOf('COPY workflows workflows'));
    expect(built).toBeLessThan(steps.indexOf('USER node'));
  });

  it('is asked for its health by a command that is there, with the words that start everything', () => {
    const check = /HEALTHCHECK [^\n]*\\\n +CMD (\[.+\])/.exec(text('Dockerfile'))?.[1];
    const words = z.array(z.string()).parse(JSON.parse(check ?? '[]'));
    const entry = dockerfile.find(({ word }) => word === 'ENTRYPOINT')?.rest ?? '[]';
    expect(words).toEqual([...z.array(z.string()).parse(JSON.parse(entry)), 'client/healthy.ts']);
    expect(existsSync(join(project, 'client/healthy.ts'))).toBe(true);
  });

  it('starts a file that is there', () => {
    const command = dockerfile.find(({ word }) => word === 'CMD');
    const [entry] = z.tuple([z.string()]).parse(JSON.parse(command?.rest ?? ''));
    expect(copied).toContain(entry.split('/')[0]);
    expect(existsSync(join(project, entry))).toBe(true);
  });
});
