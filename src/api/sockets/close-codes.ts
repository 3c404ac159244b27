/** Of RFC 6455, section 7.4.1; those from 4000 are ours. */
export const closeCodes = {
  normal: 1000,
  goingAway: 1001,
  policy: 1008,
  failed: 1011,
  overloaded: 1013,
  authFailed: 4401,
  notFound: 4404,
  silent: 4408,
} as const;
