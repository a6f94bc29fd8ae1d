import { compilePattern } from './compile-pattern.js';
import type { Condition } from './condition.js';
import type { Pattern } from './pattern.js';

/**
 * Makes a condition ready to be asked: its regular expressions become steps, so that browsers need no compiler. What cannot be
 * compiled matches nothing; the schema refuses it before it is stored.
 */
export function compileCondition(condition: Condition): Condition {
  return compileEntries(condition);
}

function compileEntries(value: object): Record<string, unknown> {
  const entries = Object.entries(value).map(([key, operand]) => {
    const isPattern = key === '$regex' && typeof operand === 'string';
    return [key, isPattern ? compileOrNull(operand) : compileValue(operand)];
  });
  return Object.fromEntries(entries);
}

function compileValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compileValue);
  return typeof value === 'object' && value !== null ? compileEntries(value) : value;
}

function compileOrNull(source: string): Pattern | null {
  try {
    return compilePattern(source);
  } catch {
    return null;
  }
}
