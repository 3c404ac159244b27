/** Which face a request is meant for, before it is known whether there is such a route. */
import type { FaceName } from './access.ts';

/** Under /api/v1 two documents share a prefix; these first segments are of the functions' one. */
const functionPaths = new Set(['initialize', 'execute', 'functions', 'sessions']);

/** `url` as it came, with or without a query. */
export function faceOfPath(method: string, url: string): FaceName {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  if (path === '/') return method === 'POST' ? 'ecs' : 'ops';
  const [, first, second, third] = path.split('/', 4);
  if (first === 'v1') return second === 'ecs' && third !== undefined ? 'simple' : 'ecs';
  if (first === 'api' && second === 'v1') return functionPaths.has(third ?? '') ? 'functions' : 'containers';
  if (first === 'ws') return 'live';
  return 'ops';
}
