import { type By, writeAudit } from '../access/audit.js';
import type { Database, Transaction } from '../db/database.js';
import type { SavedKind } from './saved-kind.js';

export type Saved = Record<string, unknown>;
type Place = { site: string; id: string };

/** The things of a kind that a site has. */
export function listSaved(database: Database, kind: SavedKind, site: string): Promise<Saved[]> {
  return database.withSite(site, (tx) =>
    tx.query<Saved>(
      `/* saved-store.listSaved */
       select ${returned(kind)} from footfall.${kind.table} where site = $1::text order by ${kind.orderBy}, ${kind.idColumn}`,
      [site],
    ),
  );
}

/** One of the things of a kind that a site has, if it has it. */
export async function findSaved(
  tx: Transaction,
  kind: SavedKind,
  { site, id }: Place,
): Promise<Saved | undefined> {
  const [found] = await tx.query<Saved>(
    `/* saved-store.findSaved */
     select ${returned(kind)} from footfall.${kind.table}
     where site = $1::text and ${kind.idColumn}::text = $2::text`,
    [site, id],
  );
  return found;
}

/** Stores one, and returns it with its id. Undefined where the name is taken. */
export async function addSaved(
  database: Database,
  kind: SavedKind,
  { site, value }: { site: string; value: Saved },
  by: By,
): Promise<Saved | undefined> {
  const { columns, table } = kind;
  return database.asOwner(async (tx) => {
    const [added] = await tx.query<Saved>(
      `/* saved-store.addSaved */
       insert into footfall.${table} (site, ${columns.map(({ name }) => name).join(', ')})
       values ($1::text, ${columns.map(({ type }, index) => `$${index + 2}::${type}`).join(', ')})
       on conflict do nothing returning ${returned(kind)}`,
      [site, ...valuesOf(kind, value)],
    );
    await audit(tx, kind, { ...by, step: 'create', site, saved: added });
    return added;
  });
}

/** Puts another in the place of one. Undefined where the site has none of the id. */
export async function replaceSaved(
  database: Database,
  kind: SavedKind,
  { site, id, value }: Place & { value: Saved },
  by: By,
): Promise<Saved | undefined> {
  const sets = kind.columns.map(({ name, type }, index) => `${name} = $${index + 3}::${type}`);
  return database.asOwner(async (tx) => {
    const [replaced] = await tx.query<Saved>(
      `/* saved-store.replaceSaved */
       update footfall.${kind.table} set ${sets.join(', ')}
       where site = $1::text and ${kind.idColumn}::text = $2::text returning ${returned(kind)}`,
      [site, id, ...valuesOf(kind, value)],
    );
    await audit(tx, kind, { ...by, step: 'change', site, saved: replaced });
    return replaced;
  });
}

/** False where the site has none of the id. */
export async function deleteSaved(
  database: Database,
  kind: SavedKind,
  { site, id }: Place,
  by: By,
): Promise<boolean> {
  return database.asOwner(async (tx) => {
    const [deleted] = await tx.query<Saved>(
      `/* saved-store.deleteSaved */
       delete from footfall.${kind.table} where site = $1::text and ${kind.idColumn}::text = $2::text
       returning ${returned(kind)}`,
      [site, id],
    );
    await audit(tx, kind, { ...by, step: 'delete', site, saved: deleted });
    return deleted !== undefined;
  });
}

type Change = By & { step: 'create' | 'change' | 'delete'; site: string; saved: Saved | undefined };

// Nothing was changed where there is no row.
async function audit(tx: Transaction, { noun }: SavedKind, { step, saved, ...entry }: Change): Promise<void> {
  if (!saved) return;
  const action = `${noun.replace(' ', '_')}.${step}`;
  const { id, name } = saved;
  await writeAudit(tx, { ...entry, action, target: String(id), detail: { name } });
}

// numeric comes as text: as a number it is what a caller sent.
function returned({ columns, idColumn }: SavedKind): string {
  const names = columns.map(({ name, type }) => (type === 'numeric' ? `${name}::float8 as ${name}` : name));
  return [`${idColumn} as id`, 'created_at', ...names].join(', ');
}

function valuesOf({ columns }: SavedKind, value: Saved): unknown[] {
  return columns.map(({ name, type }) => (type === 'jsonb' ? JSON.stringify(value[name]) : value[name]));
}
