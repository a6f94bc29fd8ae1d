import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.js';
import type { Database } from '../../src/db/database.js';
import { openStore } from '../../src/db/open-store.js';
import {
  connectAsSuperuser,
  copiedDatabase,
  copyDirectory,
  hold,
  isRoot,
  isRunning,
  open,
  query,
  readPid,
  replaceFile,
  stoppedDatabase,
  temporaryDirectory,
} from './servers.js';

const anotherCollector =
  /another collector is using \S+ \(process \d+\): stop it, or set another FOOTFALL_DATA_DIR$/;
const serverOf = (dataDir: string) => join(dataDir, 'postgres');
const startError = (message: RegExp) =>
  expect.objectContaining({ name: 'StartError', message: expect.stringMatching(message) });

async function isEventually(condition: () => unknown): Promise<void> {
  await vi.waitUntil(condition, { timeout: 20_000, interval: 10 });
}

describe('the life of a database', () => {
  it('is created at the first start and kept over a stop', async () => {
    const dataDir = await temporaryDirectory();
    const first = await open({ dataDir });
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    expect(await isRunning(dataDir)).toBe(false);

    const second = await open({ dataDir });
    expect([first.how, second.how]).toEqual(['created', 'started']);
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(await readdir(dataDir)).toEqual(['postgres']);
    expect(first.lines).toEqual([
      `creating the database in ${serverOf(dataDir)} (first start, a few seconds)`,
    ]);
    expect(second.lines).toEqual([]);
  });

  it('stores text as UTF-8 in code point order, and keeps every promise to the disk', async () => {
    const { url } = await open({ dataDir: stoppedDatabase() });
    const settings = await query(
      url,
      `select name, setting from pg_settings where name in ('data_checksums', 'fsync', 'full_page_writes',
         'synchronous_commit', 'listen_addresses', 'TimeZone', 'wal_compression')`,
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      listen_addresses: '127.0.0.1',
      TimeZone: 'UTC',
      wal_compression: 'pglz',
    });
    expect(
      await query(url, `select array(select unnest('{b,Z,a,é}'::text[]) order by 1) as sorted, lower('É')`),
    ).toEqual([{ sorted: ['Z', 'a', 'b', 'é'], lower: 'é' }]);
  });

  it('gives the login a database of its own and the right to create roles and databases, no more', async () => {
    const { url, dataDir } = await open({ dataDir: stoppedDatabase() });
    const login = `
      select rolname, rolsuper, rolcreaterole, rolcreatedb, pg_get_userbyid(datdba) as owner, datname
      from pg_roles, pg_database where rolname = current_user and datname = current_database()`;
    expect(await query(url, login)).toEqual([
      {
        rolname: 'footfall',
        rolsuper: false,
        rolcreaterole: true,
        rolcreatedb: true,
        owner: 'footfall',
        datname: 'footfall',
      },
    ]);
    expect((await stat(join(dataDir, 'footfall-passwords.json'))).mode & 0o777).toBe(0o600);
    await expect(query(url.replace(/:[0-9a-f]{48}@/, ':wrong@'), 'select')).rejects.toMatchObject({
      code: '28P01',
    });
  });
});

describe('the log of the server', () => {
  it('is cut down to its end when it has grown large', async () => {
    const dataDir = stoppedDatabase();
    const log = join(serverOf(dataDir), 'server.log');
    await appendFile(log, `${'x'.repeat(99)}\n`.repeat(120_000));
    await open({ dataDir });
    const text = await readFile(log, 'utf8');
    expect(text.length).toBeLessThan(1.1 * 1024 * 1024);
    expect(text).toMatch(/^x{99}\n/);
    expect(text).toMatch(/database system is ready to accept connections\n$/);
    expect((await stat(log)).mode & 0o777).toBe(0o600);
  });
});

describe('a collector that was killed', () => {
  it('leaves a server that the next one adopts, with everything that was committed', async () => {
    const dataDir = await copiedDatabase();
    const killed = await hold({ dataDir, mode: 'own' });
    await query(killed.url, 'create table kept as select 42 as answer');
    const pid = await readPid(dataDir);
    await killed.kill();

    const next = await open({ dataDir });
    expect(next.how).toBe('adopted');
    expect(next.url).toBe(killed.url);
    expect(await readPid(dataDir)).toBe(pid);
    expect(await query(next.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await next.stop();
    expect(await isRunning(dataDir)).toBe(false);
  });

  it('by Ctrl-C in its terminal leaves a server too: the signal does not reach it', async () => {
    const dataDir = stoppedDatabase();
    const interrupted = await hold({ dataDir, mode: 'own' });
    const pid = await readPid(dataDir);
    await interrupted.interrupt();
    expect((await open({ dataDir })).how).toBe('adopted');
    expect(await readPid(dataDir)).toBe(pid);
  });

  it('during the first start leaves no database, and the next start removes what it left', async () => {
    const dataDir = await temporaryDirectory();
    const killed = hold({ dataDir, mode: 'own' });
    const unfinished = async () =>
      (await readdir(dataDir)).find((name) => name.startsWith('postgres.unfinished-'));
    await isEventually(async () =>
      (await readdir(join(dataDir, (await unfinished()) ?? ''))).includes('data'),
    );
    await killed.kill();
    const left = join(dataDir, (await unfinished()) ?? '');
    expect(await readdir(dataDir)).toEqual([basename(left)]);

    const next = await open({ dataDir });
    expect(next.how).toBe('created');
    expect(next.lines).toContain(
      `removing ${left}, left by a start that was interrupted before it was complete`,
    );
    expect(await readdir(dataDir)).toEqual(['postgres']);
  });

  it.each([
    ['a process that is gone', () => 2 ** 22 + 1],
    ['another program', () => process.pid],
  ])('and a power loss leave a postmaster.pid that names %s: the server recovers', async (_, pid) => {
    const dataDir = await copiedDatabase();
    const killed = await hold({ dataDir, mode: 'own' });
    await query(killed.url, 'create table kept as select 42 as answer');
    const file = join(serverOf(dataDir), 'postmaster.pid');
    const [, ...rest] = (await readFile(file, 'utf8')).split('\n');
    await killed.kill();
    process.kill(await readPid(dataDir), 'SIGKILL');
    await writeFile(file, [pid(), ...rest].join('\n'));

    const next = await open({ dataDir });
    expect(next.how).toBe('started');
    expect(await query(next.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });
});

describe('two collectors on one directory', () => {
  it('are one too many: the second is told so', async () => {
    const dataDir = stoppedDatabase();
    const first = await open({ dataDir });
    expect(await hold({ dataDir, mode: 'own' })).toMatchObject({
      error: expect.stringMatching(anotherCollector),
    });
    expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it.each([
    ['an empty directory', temporaryDirectory],
    ['a database', async () => stoppedDatabase()],
  ])('that start at the same moment on %s: one wins, the others are told so', async (_, prepare) => {
    const dataDir = await prepare();
    const racers = [1, 2, 3].map(() => hold({ dataDir, mode: 'own' }));
    const answers = await Promise.all(racers);
    const [winner] = answers.filter(({ error }) => error === undefined);
    expect(answers.map(({ error }) => error).filter(Boolean)).toEqual([
      expect.stringMatching(anotherCollector),
      expect.stringMatching(anotherCollector),
    ]);
    expect(await query(winner?.url ?? '', 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await readdir(dataDir)).toEqual(['postgres']);
  });
});

describe('a command beside the collector', () => {
  it('uses its server and leaves it running', async () => {
    const dataDir = stoppedDatabase();
    const collector = await open({ dataDir });
    const command = await open({ dataDir, mode: 'join' });
    expect(command).toMatchObject({ how: 'joined', url: collector.url });
    await command.stop();
    expect(await query(collector.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await collector.stop();
    expect(await isRunning(dataDir)).toBe(false);
  });

  it('starts the server where none runs, and the last command stops it', async () => {
    const dataDir = stoppedDatabase();
    const one = await open({ dataDir, mode: 'join' });
    const other = await open({ dataDir, mode: 'join' });
    expect([one.how, other.how]).toEqual(['started', 'joined']);
    await one.stop();
    expect(await query(other.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await other.stop();
    expect(await isRunning(dataDir)).toBe(false);
  });

  it('keeps the server until it ends, when the collector ends first', async () => {
    const dataDir = stoppedDatabase();
    const collector = await open({ dataDir });
    const command = await open({ dataDir, mode: 'join' });
    await collector.stop();
    expect(collector.lines).toEqual([
      'another footfall command still uses the database server, and stops it at its end',
    ]);
    expect(await query(command.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await command.stop();
    expect(await isRunning(dataDir)).toBe(false);
  });
});

describe('a server that breaks', () => {
  it('is started again at the same address when it is killed', async () => {
    const dataDir = await copiedDatabase();
    const server = await open({ dataDir });
    await query(server.url, 'create table kept as select 42 as answer');
    process.kill(await readPid(dataDir), 'SIGKILL');
    await isEventually(() => server.lines.includes(`the database server in ${serverOf(dataDir)} is back`));
    expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('still belongs to its collector when it ended the connection that said so', async () => {
    const dataDir = stoppedDatabase();
    const server = await open({ dataDir });
    const superuser = await connectAsSuperuser(server);
    await superuser.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'footfall%'`,
    );
    await isEventually(() => server.lines.includes(`the database server in ${serverOf(dataDir)} is back`));
    await expect(open({ dataDir })).rejects.toEqual(startError(anotherCollector));
  });
});

describe('what cannot be started is named and left alone', () => {
  it.each([
    {
      file: 'PG_VERSION',
      found: 'missing',
      line: /is not a complete database: expected a file PG_VERSION in/,
    },
    {
      file: 'global/pg_control',
      found: 'missing',
      line: /complete database: expected a file global\/pg_control/,
    },
    {
      file: 'footfall-passwords.json',
      found: 'missing',
      line: /expected a file footfall-passwords\.json in it/,
    },
    { file: 'PG_VERSION', found: '17', line: /was created by PostgreSQL 17: expected PostgreSQL 18; run/ },
  ])('a directory whose $file is $found', async ({ file, found, line }) => {
    const dataDir = stoppedDatabase();
    await replaceFile(join(serverOf(dataDir), file), found === 'missing' ? undefined : `${found}\n`);
    const before = await listing(dataDir);
    await expect(open({ dataDir })).rejects.toEqual(startError(line));
    expect(await listing(dataDir)).toEqual(before);
  });

  it('a data directory that is a file', async () => {
    const file = join(await temporaryDirectory(), 'data');
    await writeFile(file, '');
    await expect(open({ dataDir: file })).rejects.toEqual(
      startError(/^FOOTFALL_DATA_DIR ".*": expected a directory that can be written, found a file$/),
    );
  });

  it('a server that does not come up, with its own reason', async () => {
    const dataDir = stoppedDatabase();
    await replaceFile(join(serverOf(dataDir), 'postgresql.auto.conf'), 'max_connections = nonsense\n');
    await expect(open({ dataDir })).rejects.toEqual(
      startError(/did not start: .*postgresql\.auto\.conf.* contains errors/),
    );
  });

  it('a copy of a database that is running', async () => {
    const dataDir = stoppedDatabase();
    await open({ dataDir });
    const copy = await temporaryDirectory();
    await copyDirectory(serverOf(dataDir), copy);
    await expect(open({ dataDir: copy })).rejects.toEqual(
      startError(/is a copy of .* taken while its server/),
    );
    await unlink(join(serverOf(copy), 'postmaster.pid'));
  });
});

describe.skipIf(!isRoot)('started by root, whose directories the server cannot enter', () => {
  it('keeps the database elsewhere, leaves a note, and finds it again', async () => {
    const dataDir = join(await temporaryDirectory(), 'private');
    await mkdir(dataDir, { mode: 0o700 });
    const first = await open({ dataDir });
    expect(first.dataDir).toMatch(/^\/var\/lib\/footfall\/private-[0-9a-f]{10}\/postgres$/);
    expect(await readFile(join(dataDir, 'WHERE-IS-THE-DATABASE.txt'), 'utf8')).toContain(
      `${dataDir}\nis kept in\n${first.dataDir}\n`,
    );
    expect(first.lines[0]).toContain(`the database is in ${first.dataDir}`);
    await first.stop();

    await chmod(dataDir, 0o755);
    const second = await open({ dataDir });
    expect(second).toMatchObject({ how: 'started', dataDir: first.dataDir });
    await second.stop();
    await rm(dirname(first.dataDir), { recursive: true });
    await expect(open({ dataDir })).rejects.toEqual(
      startError(/is gone: restore it there, or delete that file/),
    );
  });
});

it('lets readers who scan give way to what is stored', async () => {
  const config = readConfig({ FOOTFALL_DATA_DIR: await copiedDatabase() });
  const { database, close } = await openStore(config, { mode: 'own', log: () => {} });
  const processOf = (one: Database) =>
    one.withSite('demo', async (tx) => {
      const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      return row?.pid ?? 0;
    });
  const priorities = async (pid: number) => {
    const group = await readFile(`/proc/${pid}/autogroup`, 'utf8').catch(() => 'nice 0');
    return [getPriority(pid), group.trim().replace(/^.* nice/, 'nice')];
  };
  const hasGroups = existsSync('/proc/self/autogroup');
  const scanning = await processOf(database.scanning());
  await vi.waitFor(async () => {
    expect(await priorities(scanning)).toEqual([10, hasGroups ? 'nice 10' : 'nice 0']);
  });
  expect(await priorities(await processOf(database))).toEqual([0, 'nice 0']);
  await close();
});

/** Every file with its size and time, the log aside. */
async function listing(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true });
  const lines = entries.map(async (name) => {
    const { size, mtimeMs, uid } = await stat(join(directory, name));
    return `${name} ${size} ${mtimeMs} ${uid}`;
  });
  return (await Promise.all(lines)).sort();
}
