export type Props = Record<string, unknown>;

/** What an event is worth, for revenue reports. */
export type Money = { value?: number | undefined; currency?: string | undefined };

/** What tells an element from others, without its content. */
export type ElementProps = {
  tag: string;
  elementId?: string | undefined;
  classes?: string | undefined;
  /** Tags with id or first class, from an ancestor down to the element, through shadow roots. */
  selector?: string | undefined;
};

export type ClickProps = ElementProps & {
  text?: string | undefined;
  href?: string | undefined;
  outbound?: boolean | undefined;
  download?: boolean | undefined;
  /** The attributes `data-footfall-*` of the element and its ancestors; the nearest wins. */
  data?: Props | undefined;
  /** The third click of a burst in one place. */
  rage?: true | undefined;
  /** Nothing happened in 2.5 s. */
  dead?: true | undefined;
};

export type EngagementProps = {
  /** Milliseconds in sight and in focus that were added since the last event of the page: they are summed up. */
  engagedMs: number;
  /** How far the page was scrolled so far. Absent: not at all. */
  scrollPercent?: number | undefined;
};

export type FormField = { name: string; type: string; filled: boolean; value?: string | undefined };

export type FormEventType = 'form_view' | 'form_start' | 'form_submit' | 'form_abandon';

export type FormProps = {
  formId?: string | undefined;
  formName?: string | undefined;
  action?: string | undefined;
  method?: string | undefined;
  fieldCount: number;
  filledCount: number;
  fields: FormField[];
  /** Milliseconds since the first input. */
  durationMs?: number | undefined;
  /** The field that was left last, of a form that was abandoned. */
  lastField?: string | undefined;
};

export type ThrownProps = {
  /** `[unreadable]` where reading it throws and the browser tells none of its own. */
  message: string;
  errorType?: string | undefined;
  /** One frame a line, newest first, as `function@file:line:column`, whatever the browser. */
  stack?: string | undefined;
};

export type ErrorProps = ThrownProps & {
  source?: string | undefined;
  line?: number | undefined;
  column?: number | undefined;
  /** True for what the page itself wrote to the console. */
  handled: boolean;
  /** The chain of `cause`, nearest first. */
  causes?: ThrownProps[] | undefined;
  /** How often the same happened again: the event stands for 1 + repeats errors. */
  repeats?: number | undefined;
};

export type WebVitalProps = {
  metric: 'CLS' | 'FCP' | 'INP' | 'LCP' | 'TTFB';
  rating: 'good' | 'needs-improvement' | 'poor';
  navigationType: string;
  /** Element, resource and phases that made the value. Times are in milliseconds. */
  attribution: Props;
};

export type ExposureProps = {
  experiment: string;
  variation: string;
  phase: number;
  unitType: string;
  /** The id of the unit, where it is neither the visitor nor the user of the batch. */
  unit?: string | undefined;
};

/** What a capture hands over. Id, time, page and order are added by the tracker. */
export type Captured =
  | { type: 'click'; props: ClickProps }
  | { type: 'scroll_depth'; props: { percent: number } }
  | { type: 'engagement'; props: EngagementProps }
  | { [Type in FormEventType]: { type: Type; props: FormProps } }[FormEventType]
  | { type: 'error'; props: ErrorProps }
  | { type: 'web_vital'; value: number; props: WebVitalProps }
  | { type: 'text_copy'; props: ElementProps & { length: number } }
  | { type: 'page_visibility'; props: { state: 'visible' | 'hidden'; previousMs: number } }
  | { type: 'exposure'; props: ExposureProps }
  | { type: 'identify' }
  | ({ type: 'custom'; name: string; props?: Props | undefined } & Money);
