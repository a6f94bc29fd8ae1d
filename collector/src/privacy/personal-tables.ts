/** A table with rows about single people, and the condition that finds those of a subject. */
export type PersonalTable = {
  table: string;
  /**
   * Of a row `t`, in terms of the subject `s`: s.visitors, s.users (text[]), s.sessions (uuid[]), s.streams (text[]) and
   * s.events (uuid[]), the events of the subject that are being deleted or exported with it.
   */
  holds: string;
  /** The rollups are made again from what is left; what is deleted before would not be noticed by them. */
  afterRollup?: boolean;
};

const unit = `(t.unit_type = 'visitor' and t.unit_id = any (s.visitors))
  or (t.unit_type = 'user' and t.unit_id = any (s.users))`;

/**
 * Every table that holds rows about single people: what `footfall export` reads and `footfall erase` deletes. A new
 * table with the id of a visitor, user, session or event belongs here or into `impersonalTables`; a test compares the
 * two with the catalogue. `events` are dealt with partition by partition, before the others.
 */
export const personalTables: readonly PersonalTable[] = [
  {
    table: 'events',
    // A server may name the unit of an exposure in its props alone.
    holds: `t.visitor_id = any (s.visitors) or t.user_id = any (s.users) or t.session_id = any (s.sessions)
      or (t.type = 'exposure' and case coalesce(t.props ->> 'unitType', 'visitor')
        when 'visitor' then t.props ->> 'unit' = any (s.visitors) when 'user' then t.props ->> 'unit' = any (s.users) end)`,
  },
  {
    table: 'sessions',
    holds: `t.visitor_id = any (s.visitors) or t.user_id = any (s.users) or t.session_id = any (s.sessions)
      or t.client_session_id = any (s.sessions)`,
  },
  { table: 'odd_ids', holds: 't.event_id = any (s.events)' },
  { table: 'waiting_events', holds: 't.event_id = any (s.events) or t.stream = any (s.streams)' },
  { table: 'rekeyed_events', holds: 't.event_id = any (s.events) or t.stream = any (s.streams)' },
  { table: 'visitor_links', holds: 't.stream = any (s.streams) or t.previous_stream = any (s.streams)' },
  { table: 'session_links', holds: 't.session_id = any (s.sessions) or t.stream = any (s.streams)' },
  {
    table: 'dead_letter',
    holds: `t.batch #>> '{visitor,id}' = any (s.visitors) or t.batch #>> '{visitor,userId}' = any (s.users)
      or t.client ->> 'visitorId' = any (s.visitors) or t.batch #>> '{session,id}' = any (s.sessions::text[])
      or exists (
        select from unnest(s.visitors || s.users) as id
        where jsonb_path_exists(t.event, '$.** ? (@ == $id)', jsonb_build_object('id', id))
          or position(to_json(id)::text in t.excerpt) > 0
      )`,
  },
  { table: 'experiment_assignments', holds: unit },
  { table: 'experiment_exposures', holds: unit },
  {
    table: 'rollup_visitors',
    holds: 't.visitor in (select hashtextextended(id, 0) from unnest(s.visitors) as id)',
    afterRollup: true,
  },
  {
    table: 'rollup_part_visitors',
    holds: 't.visitor in (select hashtextextended(id, 0) from unnest(s.visitors) as id)',
    afterRollup: true,
  },
];

/** Columns whose names say that a table may be about single people. */
export const personalColumns = /(^|_)(visitor|user|unit|session|event|person|stream)(_id|_ids)?$/;

/** Tables with such a column that hold nothing about single people, with the reason. */
export const impersonalTables: Readonly<Record<string, string>> = {};
