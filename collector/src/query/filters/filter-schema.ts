import { z } from 'zod';
import { notStorable } from '../../storable-text.js';
import { dimensionNames } from '../catalog/dimensions.js';
import { numberNames } from '../catalog/numbers.js';

/** Limits of a filter: what people write by hand is far below. */
export const maxFilterDepth = 16;
export const maxFilterValues = 1_000;
export const maxFilters = 200;
export const maxPatternChars = 500;
const maxValueChars = 2_000;
const maxKeyChars = 200;

/** Text that the database can hold. */
export const safeText = z
  .string()
  .max(maxValueChars)
  .refine((text) => !notStorable.test(text), { error: 'expected text without NUL and half characters' });

const propertyPattern = /^event:props:[^\0\p{Surrogate}]+$/su;

/** A name of a list or, where properties are too, `event:props:<name>`. */
export function nameOf(
  list: readonly string[],
  { id, description, hasProperties = true }: { id: string; description: string; hasProperties?: boolean },
) {
  const isName = (name: string) => list.includes(name) || (hasProperties && propertyPattern.test(name));
  const shown = hasProperties ? [...list, 'event:props:<name>'] : [...list];
  const shapes = [{ enum: [...list] }, { pattern: '^event:props:.+' }];
  return z
    .string()
    .max(maxKeyChars)
    .check((context) => {
      if (isName(context.value)) return;
      context.issues.push({ code: 'invalid_value', values: shown, input: context.value });
    })
    .meta({ id, description, ...(hasProperties ? { anyOf: shapes } : { enum: [...list] }) });
}

export const dimensionName = nameOf(dimensionNames, {
  id: 'DimensionName',
  description: 'What events and visits are grouped and filtered by',
});

export const numberName = nameOf(numberNames, {
  id: 'NumberName',
  description: 'What can be compared and summed up',
});

const filterName = nameOf([...dimensionNames, 'event:goal', 'segment'], {
  id: 'FilterName',
  description: 'A dimension, a goal, or a segment: saved filters',
});
const literal = z.union([safeText, z.number()], { error: 'expected a text or a number' });
const values = z.array(literal).min(1).max(maxFilterValues);
const patterns = z.array(safeText.max(maxPatternChars)).min(1).max(maxFilterValues);
const modifiers = z.strictObject({ case_sensitive: z.boolean().optional() });

const equality = z.enum(['is', 'is_not', 'contains', 'contains_not']);
const pattern = z.enum(['matches', 'matches_not']);
const comparison = z.enum(['gt', 'gte', 'lt', 'lte']);
const presence = z.enum(['is_set', 'is_not_set']);
const combination = z.enum(['and', 'or']);
const negation = z.literal('not');
const behaviour = z.enum(['has_done', 'has_not_done']);

type Values = z.infer<typeof values>;
type Modifiers = { case_sensitive?: boolean | undefined };

/** A condition on events and visits, as it is on the wire. */
export type Filter =
  | [z.infer<typeof equality>, string, Values, Modifiers?]
  | [z.infer<typeof pattern>, string, string[], Modifiers?]
  | [z.infer<typeof comparison>, string, [number]]
  | ['between', string, [number, number]]
  | [z.infer<typeof presence>, string]
  | ['and' | 'or', Filter[]]
  | ['not', Filter]
  | [z.infer<typeof behaviour>, Filter];

const nested: z.ZodType<Filter> = z.lazy(() => filterSchema);

/** The shape that each operator asks for. */
const shapes = {
  is: z.tuple([equality, filterName, values, modifiers.optional()]),
  matches: z.tuple([pattern, dimensionName, patterns, modifiers.optional()]),
  gt: z.tuple([comparison, numberName, z.tuple([z.number()])]),
  between: z.tuple([z.literal('between'), numberName, z.tuple([z.number(), z.number()])]),
  is_set: z.tuple([presence, dimensionName]),
  and: z.tuple([combination, z.array(nested).min(1).max(maxFilters)]),
  not: z.tuple([negation, nested]),
  has_done: z.tuple([behaviour, nested]),
};

/** One filter. Read a list with parseFilters, whose errors say what was expected where. */
export const filterSchema: z.ZodType<Filter> = z.union(Object.values(shapes)).meta({
  id: 'Filter',
  description: '[operator, dimension, values], or filters combined',
}) as z.ZodType<Filter>;

/** The filters of a query, all of which hold. */
export const filtersSchema = z.array(filterSchema).max(maxFilters);

/** By operator, the shape of its filter without the filters inside. */
export const shapeOf: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ...equality.options.map((operator) => [operator, shapes.is] as const),
  ...pattern.options.map((operator) => [operator, shapes.matches] as const),
  ...comparison.options.map((operator) => [operator, shapes.gt] as const),
  ...presence.options.map((operator) => [operator, shapes.is_set] as const),
  ['between', shapes.between],
]);

/** Operators whose second part is a list of filters, or one filter. */
export const listOperators: readonly string[] = combination.options;
export const singleOperators: readonly string[] = ['not', ...behaviour.options];
export const filterOperators: readonly string[] = [...shapeOf.keys(), ...listOperators, ...singleOperators];
