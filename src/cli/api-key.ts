/**
 * The key that commands show to a server they ask over HTTP: `LONGSHORE_API_KEY`. In the environment rather than among
 * the flags, which every user of the machine can read.
 */
export const apiKey = (): string | undefined => process.env['LONGSHORE_API_KEY'] || undefined;
