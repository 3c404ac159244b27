/** Registries to speak plain HTTP to, or with a certificate nobody vouches for: loopback, and those that were named. */
export function plainRegistries(insecure: readonly string[]): (host: string) => boolean {
  const named = new Set(insecure);
  return (host) => isLoopback(host) || named.has(host);
}

export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
}
