/** What results can be broken down by (`breakdown=` of the API): what a visit of the first exposure was like. */
export const segmentChoices = [
  { value: 'device', title: 'Device' },
  { value: 'browser', title: 'Browser' },
  { value: 'os', title: 'Operating system' },
  { value: 'country', title: 'Country' },
  { value: 'region', title: 'Region' },
  { value: 'city', title: 'City' },
  { value: 'language', title: 'Language' },
  { value: 'channel', title: 'Channel' },
  { value: 'source', title: 'Source' },
  { value: 'medium', title: 'Medium' },
  { value: 'entry_page', title: 'Entry page' },
  { value: 'utm_source', title: 'UTM source' },
  { value: 'utm_medium', title: 'UTM medium' },
  { value: 'utm_campaign', title: 'UTM campaign' },
  { value: 'utm_content', title: 'UTM content' },
  { value: 'utm_term', title: 'UTM term' },
] as const;
