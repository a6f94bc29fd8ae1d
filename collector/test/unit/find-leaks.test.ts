import { expect, test } from 'vitest';
import { findLeaks, leakKinds } from '../../../.ci/find-leaks.js';
import { generateKey } from '../../src/access/keys.js';
import { readConfig } from '../../src/config.js';
import { StartError } from '../../src/start-error.js';

const leaks: Record<string, string> = {
  'a key': `error: no holder of ${generateKey('analyst')}`,
  'the secret of a webhook': `signed with whsec_${'0a'.repeat(32)}`,
  'a password in a URL': 'could not connect to postgres://footfall:p4ss@db.internal:5432/footfall',
  'a password': 'smtp: AUTH LOGIN mail-password',
  'the cookie of a session': 'cookie: __Host-footfall=3q2+7wAAAAA',
  'the address of a client': 'error: rate limit of 203.0.113.77',
  'an e-mail address': 'mail to erin@a.example failed',
  'a page of a client': 'Failing row contains (https://shop.example/page-17)',
  'a title of a page': 'Failing row contains (Adas secret title)',
  'a visitor': 'lock of visitor-12 was not available',
  'a user agent': 'Mozilla/5.0 (X11; Linux x86_64) Client/3.0',
};

test.each(leakKinds)('%s in a log is found', (kind) => {
  const line = leaks[kind];
  expect(findLeaks(`stopping\n${line}\nstopped`)).toContainEqual({ kind, line });
});

test('what a collector may write is none', () => {
  const key = generateKey('owner');
  const lines = [
    'database   embedded PostgreSQL in /tmp/footfall-test-1/postgres (first start)',
    'collector  http://127.0.0.1:8787/v1/events?site=demo',
    `admin key  ${key}   (shown once: keep it)`,
    'database: lost: connect ECONNREFUSED 127.0.0.1:5432',
    'DATABASE_URL: expected a PostgreSQL server at postgres://footfall:***@127.0.0.1:5432/footfall',
    'migrating: 15 alerts',
  ];
  expect(findLeaks(lines.join('\n'))).toEqual([]);
  expect(findLeaks(`said ${key}`)).toHaveLength(1);
});

test.each(['DATABASE_URL', 'FOOTFALL_SMTP_URL'])('a wrong %s is refused without its password', (name) => {
  const read = () => readConfig({ [name]: 'http://footfall:p4ss@mail.internal/' });
  expect(read).toThrow(StartError);
  expect(read).toThrow('http://footfall:***@mail.internal/');
});
