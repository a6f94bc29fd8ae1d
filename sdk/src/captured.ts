export type Props = Record<string, unknown>;

/** What an event is worth, for revenue reports. */
export type Money = { value?: number | undefined; currency?: string | undefined };

export type ClickProps = {
  tag: string;
  elementId?: string | undefined;
  classes?: string | undefined;
  text?: string | undefined;
  selector?: string | undefined;
  href?: string | undefined;
  outbound?: boolean | undefined;
  download?: boolean | undefined;
};

export type FormField = { name: string; type: string; filled: boolean; value?: string | undefined };

export type FormProps = {
  formId?: string | undefined;
  formName?: string | undefined;
  action?: string | undefined;
  method?: string | undefined;
  fieldCount: number;
  filledCount: number;
  fields: FormField[];
};

export type ErrorProps = {
  message: string;
  errorType?: string | undefined;
  stack?: string | undefined;
  source?: string | undefined;
  line?: number | undefined;
  column?: number | undefined;
  handled: boolean;
};

/** What a capture hands over. Id, time, page and order are added by the tracker. */
export type Captured =
  | { type: 'click'; props: ClickProps }
  | { type: 'scroll_depth'; props: { percent: number } }
  | { type: 'form_submit'; props: FormProps }
  | { type: 'error'; props: ErrorProps }
  | { type: 'identify' }
  | ({ type: 'custom'; name: string; props?: Props | undefined } & Money);
