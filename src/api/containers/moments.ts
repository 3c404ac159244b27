/** The ways people write a moment: a time, a day, seconds or milliseconds since 1970, or how long ago. */
const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const day = /^\d{4}-\d\d-\d\d$/;
const time = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)\s*(Z|[+-]\d\d:?\d\d)?$/i;
/** What has more digits than seconds of the next centuries is milliseconds. */
const leastMilliseconds = 1e11;
const latest = Date.UTC(9999, 11, 31);

/** Epoch ms. A time without a zone is UTC's. Undefined for what is none of these. */
export function momentOf(text: string, now: number): number | undefined {
  const at = read(text, now);
  return at === undefined || Number.isNaN(at) || at > latest ? undefined : Math.max(0, Math.floor(at));
}

function read(text: string, now: number): number | undefined {
  if (/^\d{1,14}(\.\d{1,9})?$/.test(text)) {
    const number = Number(text);
    return number >= leastMilliseconds ? number : number * 1000;
  }
  if (day.test(text)) return startOf(text);
  const [, date, clock, zone = 'Z'] = time.exec(text) ?? [];
  if (date !== undefined && startOf(date) === undefined) return undefined;
  if (date !== undefined) return Date.parse(`${date}T${clock!.replace(',', '.')}${zone}`.toUpperCase());
  const ago = durationOf(text);
  return ago === undefined ? undefined : now - ago;
}

/** Undefined for a day that there is not: JavaScript takes February 30 for March 2. */
function startOf(date: string): number | undefined {
  const at = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date) ? at : undefined;
}

/** Milliseconds of `10m`, `1h30m`, `2d`. */
export function durationOf(text: string): number | undefined {
  if (!/^(?:\d{1,9}(?:\.\d{1,3})?(?:ms|[smhd]))+$/.test(text)) return undefined;
  return [...text.matchAll(/([\d.]+)(ms|[smhd])/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * unitMs[unit!]!,
    0,
  );
}
