/** What of a text that callers chose may be kept: people paste whole keys where an id belongs. */

const secrets: readonly [RegExp, string][] = [
  [/(lsk_[0-9A-Za-z]{12})_[\w-]+/g, '$1_[hidden]'],
  [/((?:X-Amz-Signature|X-Amz-Security-Token|token)=)[^&\s]+/gi, '$1[hidden]'],
];

/** The same without API keys, signatures of presigned URLs and tickets, for logs and the audit log. */
export function withoutSecrets(text: string): string {
  let shown = text;
  for (const [secret, replacement] of secrets) shown = shown.replace(secret, replacement);
  return shown;
}
