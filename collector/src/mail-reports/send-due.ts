import type { Database } from '../db/database.js';
import { enqueueNotifications } from '../notifications/enqueue.js';
import { readOverview } from '../query/overview.js';
import { readCalendar, type SiteCalendar } from '../query/period/resolve-period.js';
import { type Frequency, lastPeriod } from './due-period.js';
import { writeReport } from './write-report.js';

// People read it in the morning, and what browsers still hold of the evening has come by then.
const sendHour = 6;
const statementMs = 60_000;

type Row = {
  site: string;
  report_id: string;
  frequency: Frequency;
  recipients: string[];
  name: string;
  created_on: string;
  last_from: string | null;
};

type Context = { now: number; publicUrl?: string | undefined };

/** Writes the reports whose period has ended, from six in the morning of the site on, each once over all collectors. */
export async function sendDueReports(
  database: Database,
  now: number,
  log: (line: string) => void,
  { publicUrl }: { publicUrl?: string | undefined } = {},
): Promise<void> {
  for (const row of await findAwake(database, now)) {
    try {
      await sendOne(database.within(statementMs), row, { now, publicUrl });
    } catch (error) {
      // The other sites are not to wait for one whose numbers take too long.
      log(`mail report ${row.report_id} of site ${row.site}: ${String(error)}`);
    }
  }
}

function findAwake(database: Database, now: number): Promise<Row[]> {
  return database.asOwner((tx) =>
    tx.query<Row>(
      `/* send-due.findAwake */
       select r.site, r.report_id, r.frequency, r.recipients, s.name, (r.created_at at time zone s.timezone)::date as created_on,
         r.last_from
       from footfall.mail_reports r join footfall.sites s on s.site = r.site
       where r.enabled and cardinality(r.recipients) > 0
         and extract(hour from $1::timestamptz at time zone s.timezone) >= $2::integer
       order by r.site, r.report_id`,
      [new Date(now).toISOString(), sendHour],
    ),
  );
}

async function sendOne(database: Database, row: Row, { now, publicUrl }: Context): Promise<void> {
  const { site, frequency, name } = row;
  const calendar = await database.withSite(site, (tx) =>
    readCalendar(tx, { site, timezone: undefined, now }),
  );
  const days = lastPeriod(frequency, calendar);
  if (!isDue(row, days)) return;
  const overview = await readOverview(database, { calendar, days, filters: [] });
  const message = writeReport({ overview, name, frequency, publicUrl });
  await write(database, { row, days, message, now });
}

// The first report is of the period in which it was asked for.
function isDue({ created_on, last_from }: Row, { from, to }: { from: string; to: string }): boolean {
  return created_on <= to && (last_from === null || last_from < from);
}

type Writing = {
  row: Row;
  days: { from: SiteCalendar['today'] };
  message: ReturnType<typeof writeReport>;
  now: number;
};

// Of several collectors one moves the period on; the others wait for it here and find it moved.
async function write(database: Database, { row, days, message, now }: Writing): Promise<void> {
  const { site, report_id: reportId } = row;
  await database.asOwner(async (tx) => {
    const [moved] = await tx.query<{ recipients: string[] }>(
      `/* send-due.write */
       update footfall.mail_reports set last_from = $3::date
       where site = $1::text and report_id = $2::uuid and enabled and (last_from is null or last_from < $3::date)
       returning recipients`,
      [site, reportId, days.from],
    );
    if (!moved) return;
    const receivers = { webhook: null, emails: moved.recipients };
    const cause = `report:${reportId}:${days.from}`;
    await enqueueNotifications(tx, { site, cause, receivers, message, now });
  });
}
