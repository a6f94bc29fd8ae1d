import type { Config } from '../config.js';

/** What a command is given: the arguments behind its name, the configuration, and where to write. */
export type Invocation = {
  args: string[];
  config: Config;
  /** Results, to standard output. */
  print: (line: string) => void;
  /** Progress and warnings, to standard error. */
  log: (line: string) => void;
};

export type Command = {
  usage: string;
  summary: string;
  run: (invocation: Invocation) => Promise<void>;
};
