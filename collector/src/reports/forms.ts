import { z } from 'zod';
import { groupBy } from '../group-by.js';
import { rate } from './rate.js';
import { defineReport } from './report.js';

type FormRow = {
  form: string | null;
  page: string | null;
  views: number;
  starts: number;
  submits: number;
  abandons: number;
  median_seconds: number | null;
};
type FieldRow = {
  form: string | null;
  page: string | null;
  field: string;
  shown: number;
  filled: number;
  left_last: number;
};

const answer = z.object({
  forms: z.array(
    z.object({
      form: z.string().nullable(),
      page: z.string().nullable(),
      views: z.int(),
      starts: z.int(),
      submits: z.int(),
      abandons: z.int(),
      median_seconds: z.number().nullable(),
      completion_rate: z.number().nullable(),
      fields: z.array(
        z.object({
          field: z.string(),
          shown: z.int(),
          filled: z.int(),
          left_last: z.int(),
          abandon_rate: z.number().nullable(),
        }),
      ),
    }),
  ),
});

const formKey = `coalesce(nullif(e.props ->> 'formId', ''), nullif(e.props ->> 'formName', ''), nullif(e.props ->> 'action', ''))`;
const formTypes = `('form_view', 'form_start', 'form_submit', 'form_abandon')`;

/** How many visits see, start, submit and abandon each form, and at which field they stop. */
export const forms = defineReport({
  path: 'forms',
  parameters: z.strictObject({}),
  answer,
  definitions: {
    form: 'id of the form, else its name, else its action; page is the path that it is on',
    views:
      'visits that saw the form, or did anything with it; starts: typed or chose something, or went on from there; submits likewise',
    abandons: 'visits that started the form and did not submit it',
    completion_rate: 'percent of the visits that started it',
    median_seconds: 'from the first input to the submit',
    shown: 'submits and abandons in which the form had the field; filled: in which it held something',
    left_last:
      'abandons after which this field was the last that was touched; abandon_rate: percent of all abandons of the form',
  },
  async read(tx, scope) {
    const { bind, values } = scope.parameters;
    const hits = `hits as materialized (
        select ${formKey} as form, e.path as page, e.type, e.session_id as session, e.props
        from ${scope.events('e')} where ${scope.eventIn('e')} and e.type in ${formTypes} and e.session_id is not null
      )`;
    const limit = bind(scope.limit, 'integer');
    const rows = await tx.query<FormRow>(
      `/* forms.readForms */
       with ${hits},
       visits as (
         select form, page, session, bool_or(type in ('form_start', 'form_submit', 'form_abandon')) as started,
           bool_or(type = 'form_submit') as submitted,
           min(case when type = 'form_submit' and jsonb_typeof(props -> 'durationMs') = 'number'
             then (props ->> 'durationMs')::float8 / 1000 end) as seconds
         from hits group by form, page, session
       )
       select form, page, count(*) as views, count(*) filter (where started) as starts,
         count(*) filter (where submitted) as submits, count(*) filter (where started and not submitted) as abandons,
         percentile_cont(0.5) within group (order by seconds) as median_seconds
       from visits group by form, page order by views desc, form, page limit ${limit}`,
      values,
    );
    const fields = await tx.query<FieldRow>(
      `/* forms.readFields */
       with ${hits},
       fields as (
         select h.form, h.page, f ->> 'name' as field, (f -> 'filled') = 'true'::jsonb as filled,
           h.type = 'form_abandon' and h.props ->> 'lastField' = f ->> 'name' as left_last
         from hits h cross join lateral jsonb_array_elements(
           case when jsonb_typeof(h.props -> 'fields') = 'array' then h.props -> 'fields' else '[]' end) as f
         where h.type in ('form_submit', 'form_abandon') and ${limit} > 0
       )
       select form, page, field, count(*) as shown, count(*) filter (where filled) as filled,
         count(*) filter (where left_last) as left_last
       from fields where field is not null group by form, page, field order by left_last desc, shown desc, field`,
      values,
    );
    return { forms: describeForms(rows, fields) };
  },
});

function describeForms(rows: FormRow[], fields: FieldRow[]) {
  const byForm = groupBy(fields, keyOf);
  return rows.map((row) => {
    const own = byForm.get(keyOf(row)) ?? [];
    const left = own.reduce((sum, field) => sum + field.left_last, 0);
    return {
      ...row,
      completion_rate: rate(row.submits, row.starts),
      fields: own.map(({ field, shown, filled, left_last }) => ({
        field,
        shown,
        filled,
        left_last,
        abandon_rate: rate(left_last, left),
      })),
    };
  });
}

function keyOf({ form, page }: { form: string | null; page: string | null }): string {
  return JSON.stringify([form, page]);
}
