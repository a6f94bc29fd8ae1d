import type { Config } from '../config.js';

/** What a command is given: the arguments behind its name, the configuration, and where to write. */
export type Invocation = {
  args: string[];
  config: Config;
  /** Results, to standard output. */
  print: (line: string) => void;
  /** Progress and warnings, to standard error. */
  log: (line: string) => void;
  /** Aborted by an error that nobody caught: what can be saved is to be saved, and then to be ended. */
  crashed: AbortSignal;
};

export type Command = {
  usage: string;
  summary: string;
  /** Ends in order by itself when the process is in a state that nobody foresaw. */
  endsInOrder?: boolean;
  run: (invocation: Invocation) => Promise<void>;
};
