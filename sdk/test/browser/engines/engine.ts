export type EngineName = 'chromium' | 'firefox' | 'webkit';

/** A function that runs in the page. It sees nothing but its arguments, and what the page has. */
export type Work<Values extends unknown[], Result> = (...values: Values) => Result | Promise<Result>;

/** One page of a browser, driven from outside. Arguments and results of functions are what JSON can hold. */
export type Tab = {
  goto(url: string): Promise<void>;
  run<Values extends unknown[], Result>(work: Work<Values, Result>, ...values: Values): Promise<Result>;
  /** A click of the mouse, as trusted as a person's. */
  click(selector: string): Promise<void>;
  back(): Promise<void>;
  /** Puts the page out of sight: another tab in front of it, or its window minimised. */
  hide(): Promise<void>;
  /** Cuts the network of the page; missing where the automation of an engine cannot. */
  setOffline?: (isOffline: boolean) => Promise<void>;
  /** Ends the process that renders the page, as a crash would. */
  crash(): Promise<void>;
  close(): Promise<void>;
};

export type EngineBrowser = {
  version: string;
  open(url: string): Promise<Tab>;
  /** SIGKILL to the browser and all its processes: nothing of it runs to its end. */
  kill(): Promise<void>;
  close(): Promise<void>;
};

export type StartOptions = {
  /** A folder of its own; with the folder of a browser that has ended, its storage is there again. */
  profile: string;
  /** The visitor has forbidden sites to store anything. */
  blockStorage?: boolean | undefined;
};

export type Engine = { name: EngineName; start(options: StartOptions): Promise<EngineBrowser> };
