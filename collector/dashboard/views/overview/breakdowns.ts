/** One tab of a card: by what, in which columns. */
export type Breakdown = {
  id: string;
  title: string;
  dimension: string;
  /** Other dimensions that the same tab can show. */
  variants?: readonly string[];
  /** Columns of the card; the first one orders the rows and is drawn as their bars. */
  metrics: readonly string[];
  /** Columns of the details. */
  more: readonly string[];
  /** Conditions besides those of the page, as the API takes them. */
  filters?: readonly unknown[];
  /** What a card says that has no rows. */
  empty?: string;
};

export type CardDefinition = { id: string; title: string; breakdowns: readonly Breakdown[] };

const visits = {
  metrics: ['visitors', 'percentage'],
  more: ['visitors', 'percentage', 'visits', 'bounce_rate', 'visit_duration'],
};
const isSet = (dimension: string) => ['is_set', dimension];
const optional = (dimension: string) => ({ ...visits, dimension, filters: [isSet(dimension)] });

const campaigns = [
  'visit:utm_campaign',
  'visit:utm_source',
  'visit:utm_medium',
  'visit:utm_content',
  'visit:utm_term',
];

/** All cards of the first screen but that of goals and properties. */
export const cards: readonly CardDefinition[] = [
  {
    id: 'sources',
    title: 'Sources',
    breakdowns: [
      { id: 'sources', title: 'Sources', dimension: 'visit:source', ...visits },
      { id: 'channels', title: 'Channels', dimension: 'visit:channel', ...visits },
      { id: 'referrers', title: 'Referrers', dimension: 'visit:referrer', ...visits },
      {
        id: 'campaigns',
        title: 'Campaigns',
        ...optional('visit:utm_campaign'),
        variants: campaigns,
        empty: 'Links with ?utm_campaign=… show up here.',
      },
      {
        id: 'assistants',
        title: 'AI',
        dimension: 'visit:source',
        ...visits,
        filters: [['is', 'visit:channel', ['AI Assistants']]],
        empty: 'Visits from assistants such as ChatGPT show up here.',
      },
    ],
  },
  {
    id: 'pages',
    title: 'Pages',
    breakdowns: [
      {
        id: 'pages',
        title: 'Top pages',
        dimension: 'event:page',
        metrics: ['visitors', 'pageviews'],
        more: ['visitors', 'pageviews', 'time_on_page', 'scroll_depth', 'exit_rate'],
      },
      {
        id: 'entry',
        title: 'Entry pages',
        dimension: 'visit:entry_page',
        metrics: ['visitors', 'visits'],
        more: ['visitors', 'visits', 'bounce_rate', 'visit_duration'],
      },
      {
        id: 'exit',
        title: 'Exit pages',
        dimension: 'visit:exit_page',
        metrics: ['visitors', 'visits'],
        more: ['visitors', 'visits', 'bounce_rate', 'visit_duration'],
      },
    ],
  },
  {
    id: 'locations',
    title: 'Locations',
    breakdowns: [
      { id: 'countries', title: 'Countries', dimension: 'visit:country', ...visits },
      {
        id: 'regions',
        title: 'Regions',
        ...optional('visit:region'),
        empty: 'Regions need a geo database that has them: FOOTFALL_GEO_DB.',
      },
      {
        id: 'cities',
        title: 'Cities',
        ...optional('visit:city'),
        empty: 'Cities need a geo database that has them: FOOTFALL_GEO_DB.',
      },
      { id: 'languages', title: 'Languages', dimension: 'visit:language', ...visits },
    ],
  },
  {
    id: 'devices',
    title: 'Devices',
    breakdowns: [
      {
        id: 'browsers',
        title: 'Browsers',
        dimension: 'visit:browser',
        variants: ['visit:browser', 'visit:browser_version'],
        ...visits,
      },
      {
        id: 'systems',
        title: 'Systems',
        dimension: 'visit:os',
        variants: ['visit:os', 'visit:os_version'],
        ...visits,
      },
      { id: 'devices', title: 'Devices', dimension: 'visit:device', ...visits },
      { id: 'sizes', title: 'Sizes', dimension: 'visit:screen_size', ...visits },
    ],
  },
];

/** The card of what visitors did; properties are those that events had. */
export function behaviourCard(properties: readonly string[]): CardDefinition {
  const [property] = properties;
  return {
    id: 'behaviour',
    title: 'Goals',
    breakdowns: [
      {
        id: 'goals',
        title: 'Goals',
        dimension: 'event:goal',
        metrics: ['visitors', 'events', 'conversion_rate'],
        more: ['visitors', 'events', 'conversion_rate', 'total_revenue'],
        empty: 'A goal is a page or an event that matters to you: owners and admins add them.',
      },
      {
        id: 'events',
        title: 'Events',
        dimension: 'event:name',
        metrics: ['visitors', 'events'],
        more: ['visitors', 'events'],
        filters: [['is', 'event:type', ['custom']]],
        empty: "Custom events show up here: footfall.track('Signup').",
      },
      ...(property === undefined
        ? []
        : [
            {
              id: 'properties',
              title: 'Properties',
              dimension: `event:props:${property}`,
              variants: properties.map((name) => `event:props:${name}`),
              metrics: ['visitors', 'events'],
              more: ['visitors', 'events'],
              filters: [['is', 'event:type', ['custom']]],
            },
          ]),
    ],
  };
}

/** What columns are called in tables. */
export const metricTitles: Record<string, string> = {
  visitors: 'Visitors',
  visits: 'Visits',
  pageviews: 'Views',
  events: 'Total',
  percentage: '%',
  bounce_rate: 'Bounce rate',
  visit_duration: 'Duration',
  time_on_page: 'Time on page',
  scroll_depth: 'Scroll depth',
  exit_rate: 'Exit rate',
  conversion_rate: 'CR',
  total_revenue: 'Revenue',
};
