import { expect, test } from 'vitest';
import { faceOfPath } from './face-of-path.ts';

test.each([
  ['POST', '/', 'ecs'],
  ['POST', '/?Action=ListClusters', 'ecs'],
  ['GET', '/', 'ops'],
  ['POST', '/v1/ListClusters', 'ecs'],
  ['GET', '/v1/', 'ecs'],
  ['POST', '/v1/ecs', 'ecs'],
  ['GET', '/v1/ecs/ping', 'simple'],
  ['POST', '/api/v1/execute', 'functions'],
  ['POST', '/api/v1/execute/4f1c?x=/v1/', 'functions'],
  ['GET', '/api/v1/containers', 'containers'],
  ['GET', '/api/v1', 'containers'],
  ['GET', '/api/v11/containers', 'ops'],
  ['GET', '/api/tasks/1/containers/app/logs', 'ops'],
  ['GET', '/ws?ticket=1', 'live'],
  ['GET', '/health', 'ops'],
  ['GET', '*', 'ops'],
  ['GET', '', 'ops'],
])('%s %s is for %s', (method, url, face) => {
  expect(faceOfPath(method, url)).toBe(face);
});
