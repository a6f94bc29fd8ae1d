import { StartError } from '../start-error.js';
import { common, type Values } from './experiment-command.js';

const text = { type: 'string' } as const;
const list = { type: 'string', multiple: true } as const;

/** What decides who gets which variation. */
export const designOptions = {
  variation: list,
  coverage: text,
  url: list,
  'exclude-url': list,
  condition: text,
} as const;
/** All that a definition may say. */
export const createOptions = {
  ...common,
  ...designOptions,
  file: text,
  name: text,
  description: text,
  hypothesis: text,
  unit: text,
  'fallback-unit': text,
  layer: text,
  require: list,
  metric: list,
  'planned-units': text,
  starts: text,
  ends: text,
} as const;

/** The fields of a definition that options name. */
export function readDefinition(values: Values): object {
  const given = {
    ...readDesign(values),
    name: values.name,
    description: values.description,
    hypothesis: values.hypothesis,
    unitType: values.unit,
    fallbackUnitType: values['fallback-unit'],
    layer: values.layer === undefined ? undefined : readLayer(String(values.layer)),
    prerequisites: readRequirements(listOf(values.require)),
    metrics: values.metric && listOf(values.metric).map((metric) => readJson(metric, '--metric')),
    plannedUnits: numberOf(values['planned-units']),
    startsAt: values.starts,
    endsAt: values.ends,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** The fields of a phase. */
export function readDesign(values: Values): object {
  const include = values.url && listOf(values.url);
  const exclude = values['exclude-url'] && listOf(values['exclude-url']);
  return {
    variations: values.variation && listOf(values.variation).map(readVariation),
    coverage: numberOf(values.coverage),
    urls: include || exclude ? { ...(include && { include }), ...(exclude && { exclude }) } : undefined,
    condition: values.condition === undefined ? undefined : readJson(String(values.condition), '--condition'),
  };
}

function listOf(value: Values[string]): string[] {
  return Array.isArray(value) ? value : [];
}

/** A number, NaN for what is none: the schema says so by its name. */
export function numberOf(value: Values[string]): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function readVariation(text: string): { key: string; weight?: number } {
  const [key = '', weight] = text.split(':');
  return { key, ...(weight !== undefined && { weight: Number(weight) }) };
}

function readLayer(text: string): object {
  const [, layer = text, start = '0', end = '1'] = /^([^:]*):([\d.]+)-([\d.]+)$/.exec(text) ?? [];
  return { layer, start: Number(start), end: Number(end) };
}

function readRequirements(texts: string[]): object[] | undefined {
  if (texts.length === 0) return undefined;
  return texts.map((text) => {
    const [experiment, variations = ''] = text.split(':');
    return { experiment, variations: variations.split(',') };
  });
}

/** @throws StartError that names the option */
export function readJson(source: string, option: string): Record<string, unknown> {
  try {
    return JSON.parse(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`${option}: expected JSON: ${reason}`, { exitCode: 2, cause: error });
  }
}
