import { join } from 'node:path';
import { createNetworks, type Networks, parseNetwork } from './access/networks.js';
import { isPlainLoopback } from './access/origin.js';
import { defaultRateLimits, type RateLimitSettings } from './access/rate-limits.js';
import type { OidcSettings } from './people/oidc-provider.js';
import { StartError } from './start-error.js';

export type Config = {
  databaseUrl: string | undefined;
  dataDir: string;
  host: string;
  port: number;
  publicUrl: string | undefined;
  adminKey: string | undefined;
  /** For commands that talk to a collector over HTTP. */
  apiKey: string | undefined;
  trustedProxies: Networks | undefined;
  clientIpHeader: string;
  geoDatabase: string | undefined;
  retentionDays: number;
  spoolDir: string;
  spoolMaxBytes: number;
  /** Replaces the limit of 1 GiB or 5 % below which no events are taken. */
  minFreeBytes: number | undefined;
  /** Absent: what retention deletes is gone. */
  archiveDir: string | undefined;
  /** smtp://user:password@host:port or smtps://…; absent: no e-mail is sent. */
  smtpUrl: string | undefined;
  /** The sender of e-mails. */
  mailFrom: string | undefined;
  /** Networks that webhooks may reach although they are not of the public internet. */
  webhookNetworks: Networks | undefined;
  rateLimits: RateLimitSettings;
  logFormat: 'text' | 'json';
  /** Absent: people sign in by password alone. */
  oidc: OidcSettings | undefined;
};

type Environment = Record<string, string | undefined>;

/**
 * Reads the environment, the only place that does.
 *
 * @throws StartError that names the variable, its value and what was expected
 */
export function readConfig(environment: Environment): Config {
  return {
    databaseUrl: readDatabaseUrl(environment),
    dataDir: environment.FOOTFALL_DATA_DIR || './data',
    host: environment.HOST || '127.0.0.1',
    port: readInteger(environment, 'PORT', { fallback: 8787, min: 0, max: 65_535 }),
    publicUrl: readPublicUrl(environment),
    adminKey: readAdminKey(environment),
    apiKey: environment.FOOTFALL_KEY || undefined,
    trustedProxies: readNetworks(environment, 'FOOTFALL_TRUSTED_PROXIES'),
    clientIpHeader: readClientIpHeader(environment),
    geoDatabase: environment.FOOTFALL_GEO_DB || undefined,
    retentionDays: readInteger(environment, 'FOOTFALL_RETENTION_DAYS', {
      fallback: 395,
      min: 1,
      max: 36_500,
    }),
    spoolDir: environment.FOOTFALL_SPOOL_DIR || join(environment.FOOTFALL_DATA_DIR || './data', 'spool'),
    spoolMaxBytes: readInteger(environment, 'FOOTFALL_SPOOL_MAX_BYTES', {
      fallback: 1024 ** 3,
      min: 65_536,
      max: 2 ** 50,
    }),
    minFreeBytes: environment.FOOTFALL_MIN_FREE_BYTES
      ? readInteger(environment, 'FOOTFALL_MIN_FREE_BYTES', { fallback: 0, min: 0, max: 2 ** 50 })
      : undefined,
    archiveDir: environment.FOOTFALL_ARCHIVE_DIR || undefined,
    smtpUrl: readSmtpUrl(environment),
    mailFrom: readMailFrom(environment),
    webhookNetworks: readNetworks(environment, 'FOOTFALL_WEBHOOK_NETWORKS'),
    rateLimits: readRateLimits(environment),
    logFormat: readLogFormat(environment),
    oidc: readOidc(environment),
  };
}

// RFC 9110, section 5.6.2: what a name of a header is made of.
function readClientIpHeader({ FOOTFALL_CLIENT_IP_HEADER: value }: Environment): string {
  const name = value || 'x-forwarded-for';
  if (/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) return name.toLowerCase();
  return refuse('FOOTFALL_CLIENT_IP_HEADER', name, 'the name of a header');
}

function readLogFormat({ FOOTFALL_LOG_FORMAT: value }: Environment): 'text' | 'json' {
  if (!value || value === 'text') return 'text';
  return value === 'json' ? value : refuse('FOOTFALL_LOG_FORMAT', value, 'text or json');
}

function readRateLimits(environment: Environment): RateLimitSettings {
  const read = (name: string, fallback: number) =>
    readInteger(environment, name, { fallback, min: 0, max: 2 ** 31 });
  return {
    addressEvents: read('FOOTFALL_RATE_LIMIT_ADDRESS', defaultRateLimits.addressEvents),
    siteEvents: read('FOOTFALL_RATE_LIMIT_SITE', defaultRateLimits.siteEvents),
    apiRequests: read('FOOTFALL_RATE_LIMIT_API', defaultRateLimits.apiRequests),
  };
}

function refuse(name: string, value: string, expected: string): never {
  throw new StartError(`${name}: expected ${expected}, got "${value}"`, { exitCode: 2 });
}

function readInteger(
  environment: Environment,
  name: string,
  { fallback, min, max }: { fallback: number; min: number; max: number },
): number {
  const value = environment[name];
  if (!value) return fallback;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    refuse(name, value, `an integer from ${min} to ${max}`);
  }
  return number;
}

function readUrl(value: string, protocols: string[]): URL | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url && protocols.includes(url.protocol) ? url : undefined;
}

function readDatabaseUrl(environment: Environment): string | undefined {
  const value = environment.DATABASE_URL;
  if (!value) return undefined;
  if (readUrl(value, ['postgres:', 'postgresql:'])) return value;
  return refuse('DATABASE_URL', maskPassword(value), 'postgres://user:password@host:port/database');
}

function readPublicUrl(environment: Environment): string | undefined {
  const value = environment.FOOTFALL_PUBLIC_URL;
  if (!value) return undefined;
  const url = readUrl(value, ['http:', 'https:']) ?? refuse('FOOTFALL_PUBLIC_URL', value, 'an http(s) URL');
  return url.href.replace(/\/$/, '');
}

function readOidc(environment: Environment): OidcSettings | undefined {
  const { FOOTFALL_OIDC_ISSUER: issuer, FOOTFALL_OIDC_CLIENT_ID: clientId } = environment;
  const { FOOTFALL_OIDC_CLIENT_SECRET: clientSecret, FOOTFALL_OIDC_NAME: name } = environment;
  if (!issuer && !clientId && !clientSecret && !name) return undefined;
  if (!issuer || !isPrivateUrl(issuer))
    return refuse('FOOTFALL_OIDC_ISSUER', issuer ?? '', 'an https URL, or http on this machine');
  if (!clientId) return refuse('FOOTFALL_OIDC_CLIENT_ID', '', 'the id that the provider gave');
  if (!clientSecret) return refuse('FOOTFALL_OIDC_CLIENT_SECRET', '', 'the secret that the provider gave');
  const publicUrl = readPublicUrl(environment) ?? '';
  if (!isPrivateUrl(publicUrl))
    refuse(
      'FOOTFALL_PUBLIC_URL',
      publicUrl,
      'an https URL, or http on this machine, with FOOTFALL_OIDC_ISSUER',
    );
  return { issuer, clientId, clientSecret, name: name || new URL(issuer).hostname };
}

// What goes there and back is read by nobody in between.
function isPrivateUrl(url: string): boolean {
  return readUrl(url, ['https:']) !== undefined || isPlainLoopback(url);
}

function readAdminKey(environment: Environment): string | undefined {
  const value = environment.FOOTFALL_ADMIN_KEY;
  if (!value) return undefined;
  if (/^[\x21-\x7e]{32,256}$/.test(value)) return value;
  return refuse(
    'FOOTFALL_ADMIN_KEY',
    `${value.length} characters`,
    '32 to 256 printable characters, no spaces',
  );
}

function readSmtpUrl({ FOOTFALL_SMTP_URL: value }: Environment): string | undefined {
  if (!value) return undefined;
  if (readUrl(value, ['smtp:', 'smtps:'])?.hostname) return value;
  return refuse(
    'FOOTFALL_SMTP_URL',
    maskPassword(value),
    'smtp://user:password@host:port, or smtps:// for TLS',
  );
}

function readMailFrom({ FOOTFALL_MAIL_FROM: value }: Environment): string | undefined {
  if (!value) return undefined;
  if (/^(?:[^<>\p{Cc}]*<)?[^\s<>@]+@[^\s<>@]+>?$/u.test(value)) return value;
  return refuse('FOOTFALL_MAIL_FROM', value, 'an address like Footfall <footfall@example.com>');
}

function readNetworks(environment: Environment, name: string): Networks | undefined {
  const value = environment[name];
  if (!value) return undefined;
  const entries = value.split(',').map((entry) => entry.trim());
  const unreadable = entries.find((entry) => parseNetwork(entry) === undefined);
  if (unreadable !== undefined)
    refuse(name, unreadable, 'addresses or networks like 10.0.0.0/8, separated by commas');
  return createNetworks(entries);
}

/** A connection URL as it may be shown: the password is left out. */
export function maskPassword(url: string): string {
  return url.replace(/(:\/\/[^:/@]*):[^@]*@/, '$1:***@');
}
