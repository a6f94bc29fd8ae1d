import type { Database, Transaction } from '../db/database.js';
import { sessionStream, visitorStream } from '../sessions/stream.js';

/** Whose data is asked for: one visitor, or a user on all devices. */
export type SubjectName = { site: string; kind: 'visitor' | 'user'; id: string };

/** All the names under which a person's rows can be found. */
export type Subject = {
  site: string;
  visitors: string[];
  users: string[];
  /** Sessions are a person's as a whole: ids that clients gave, and those that were derived. */
  sessions: string[];
};

type Names = { visitor_id: string | null; session_id: string | null };

/**
 * Finds the names of a person. A user's visitors are those that were never seen under another user: of a browser that
 * several users share only the sessions belong in which this one was signed in, and these as a whole. Cookieless visitors
 * belong as far as they are still linked to another day or to a consent.
 */
export async function findSubject(database: Database, { site, kind, id }: SubjectName): Promise<Subject> {
  return database.asOwner(async (tx) => {
    const subject: Subject = {
      site,
      visitors: kind === 'visitor' ? [id] : [],
      users: kind === 'user' ? [id] : [],
      sessions: [],
    };
    const names = await readNames(tx, subject);
    const visitors =
      kind === 'visitor'
        ? [id]
        : await keepUnshared(tx, { site, user: id, visitors: distinct(names, 'visitor_id') });
    return followLinks(tx, { ...subject, visitors, sessions: distinct(names, 'session_id') });
  });
}

function distinct(names: Names[], key: keyof Names): string[] {
  return [...new Set(names.flatMap((name) => name[key] ?? []))];
}

async function readNames(tx: Transaction, { site, visitors, users }: Subject): Promise<Names[]> {
  return tx.query<Names>(
    `/* subject.readNames */
     select distinct visitor_id, session_id from footfall.events
     where site = $1::text and (visitor_id = any ($2::text[]) or user_id = any ($3::text[]))
     union
     select distinct visitor_id, unnest(array[session_id, client_session_id]) from footfall.sessions
     where site = $1::text and (visitor_id = any ($2::text[]) or user_id = any ($3::text[]))`,
    [site, visitors, users],
  );
}

async function keepUnshared(
  tx: Transaction,
  { site, user, visitors }: { site: string; user: string; visitors: string[] },
): Promise<string[]> {
  const shared = await tx.query<{ visitor_id: string }>(
    `/* subject.keepUnshared */
     select distinct visitor_id from footfall.events
     where site = $1::text and visitor_id = any ($2::text[]) and user_id <> $3::text`,
    [site, visitors, user],
  );
  const others = new Set(shared.map(({ visitor_id }) => visitor_id));
  return visitors.filter((visitor) => !others.has(visitor));
}

/**
 * Adds the sessions of a person's visitors, and the visitors that are linked to them. Each link may lead to another, as
 * over several midnights.
 */
export async function followLinks(tx: Transaction, subject: Subject): Promise<Subject> {
  const rows = await tx.query<Names>(
    `/* subject.followLinks */
     with recursive links (a, b) as (
       select stream, previous_stream from footfall.visitor_links where site = $1::text
       union all select 'session ' || session_id, stream from footfall.session_links
         where site = $1::text and stream is not null
     ),
     streams (stream) as (
       select unnest($2::text[])
       union
       select case when l.a = s.stream then l.b else l.a end
       from streams s join links l on s.stream in (l.a, l.b)
     ),
     linked as (
       select substr(stream, strpos(stream, ' ') + 1) as id, stream like 'session %' as is_session from streams
     ),
     visitors as (select distinct id from linked where not is_session),
     named as (
       select id::uuid as session_id from linked where is_session
       union select unnest(array[session_id, client_session_id]) from footfall.sessions
         where site = $1::text and visitor_id in (select id from visitors)
       union select unnest($3::uuid[])
     )
     select id as visitor_id, null::uuid as session_id from visitors
     union all select null, session_id from named where session_id is not null
     union select null, session_id from footfall.sessions
       where site = $1::text and client_session_id in (select session_id from named)`,
    [subject.site, streamsOf(subject), subject.sessions],
  );
  return { ...subject, visitors: distinct(rows, 'visitor_id'), sessions: distinct(rows, 'session_id') };
}

/** The streams (sessions/stream.ts) that a person's events may be in. */
export function streamsOf({ visitors, sessions }: Subject): string[] {
  return [
    ...visitors.flatMap((id) => [visitorStream(id, { isBot: false }), visitorStream(id, { isBot: true })]),
    ...sessions.map(sessionStream),
  ];
}

/** A statement that begins with `s`, the subject, and the values that belong to it. */
export function withSubject(
  subject: Subject,
  { events = [] }: { events?: string[] } = {},
): { clause: string; values: unknown[] } {
  const { site, visitors, users, sessions } = subject;
  return {
    clause: `with s as not materialized (select $1::text as site, $2::text[] as visitors, $3::text[] as users, $4::uuid[] as sessions,
      $5::text[] as streams, $6::uuid[] as events)`,
    values: [site, visitors, users, sessions, streamsOf(subject), events],
  };
}
