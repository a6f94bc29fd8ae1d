import { z } from 'zod';
import { defineReport } from './report.js';

type Row = { property: string; events: number; visitors: number };

const answer = z.object({
  properties: z.array(z.object({ property: z.string(), events: z.int(), visitors: z.int() })),
});

/** Which properties custom events of the range had: the names that `event:props:<name>` can be asked for. */
export const properties = defineReport({
  path: 'properties',
  parameters: z.strictObject({}),
  answer,
  definitions: {
    property: 'name of a property that a custom event in the range had, at the first level',
    events: 'custom events that had it',
    visitors: 'distinct visitors of these events',
  },
  async read(tx, scope) {
    const { parameters, limit } = scope;
    const found = await tx.query<Row>(
      `/* properties.read */
       select p.property, count(*) as events, count(distinct e.visitor_id) as visitors
       from ${scope.events('e')} cross join lateral jsonb_object_keys(e.props) as p (property)
       where ${scope.eventIn('e')} and e.type = 'custom' and jsonb_typeof(e.props) = 'object'
       group by p.property order by events desc, p.property limit ${parameters.bind(limit, 'integer')}`,
      parameters.values,
    );
    return { properties: found };
  },
});
