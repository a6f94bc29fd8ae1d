const pattern = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const minuteMs = 60_000;

/**
 * Reads 17/May/2015:10:05:03 +0200, as servers write it in any language.
 *
 * @returns milliseconds since 1970, or undefined for a day or an hour that does not exist
 */
export function parseTime(text: string): number | undefined {
  const [
    ,
    day = '',
    monthName = '',
    year = '',
    hour = '',
    minute = '',
    second = '',
    sign,
    zoneHours,
    zoneMinutes,
  ] = pattern.exec(text) ?? [];
  const month = months.indexOf(monthName);
  const midnight = Date.UTC(Number(year), month, Number(day));
  // Date.UTC takes 31 February for 3 March, and the years 0 to 99 for 1900 to 1999.
  const isDay = new Date(midnight).toISOString().startsWith(`${year}-${pad(month + 1)}-${day}`);
  // 60 is a leap second.
  if (!isDay || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -1 : 1);
  const minutes = Number(hour) * 60 + Number(minute) - offset;
  return midnight + minutes * minuteMs + Number(second) * 1_000;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
