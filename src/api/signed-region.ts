/** SigV4's credential scope: `Credential=<key id>/<date>/<region>/<service>/aws4_request`. */
const credentialRegion = /^AWS4-HMAC-SHA256\s.*?Credential=[^/,\s]{1,128}\/\d{8}\/([a-z0-9-]{1,32})\//;
const regionIn = (text: string) => credentialRegion.exec(text)?.[1];

/** The last one read: a client names its credential first, and in the same words in all requests of a day. */
let last: { words: string; region: string | undefined } = { words: '', region: undefined };

/** The region that a signed request names; a malformed signature counts as none. */
export function signedRegion({ authorization }: { authorization?: string | undefined }): string | undefined {
  if (authorization?.startsWith('AWS4-') !== true) return undefined;
  const words = authorization.slice(0, Math.max(0, authorization.indexOf(',')));
  if (!words.includes('Credential=')) return regionIn(authorization);
  if (words !== last.words) last = { words, region: regionIn(words) };
  return last.region;
}
