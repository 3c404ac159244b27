/** SigV4's credential scope: `Credential=<key id>/<date>/<region>/<service>/aws4_request`. */
const credentialRegion = /^AWS4-HMAC-SHA256\s.*?Credential=[^/,\s]{1,128}\/\d{8}\/([a-z0-9-]{1,32})\//;

/** The region that a signed request names; a malformed signature counts as none. */
export function signedRegion({ authorization }: { authorization?: string | undefined }): string | undefined {
  return authorization === undefined ? undefined : credentialRegion.exec(authorization)?.[1];
}
