import { expect, test } from 'vitest';
import { openApp } from '../../test/fixtures/app.ts';
import { isTooDeep } from './json.ts';

async function post(payload: string, contentType = 'application/json') {
  const response = await openApp().inject({
    method: 'POST',
    url: '/probe',
    payload,
    headers: { host: 'localhost', 'content-type': contentType },
  });
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
}

test('the last of a key given twice counts, and nothing gets a prototype', async () => {
  expect((await post('{"a":1,"a":2}')).body).toEqual({ probed: { a: 2 } });
  expect((await post('{"a":{"__proto__":{"b":1}}}')).status).toBe(400);
  expect((await post('{"constructor":"a word"}')).status).toBe(200);
});

test('a charset is fine, another type is not', async () => {
  expect((await post('{}', 'application/json; charset=utf-8')).status).toBe(200);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'json']) {
    expect((await post('{}', type)).status, type).toBe(415);
  }
});

test.each(['{', '', '{"a":}', 'nonsense'])('%j is no JSON', async (text) => {
  const { status, body } = await post(text);
  expect(status).toBe(400);
  expect(String(body['message'])).not.toContain('nonsense');
});

test('depth counts brackets outside strings', () => {
  expect(isTooDeep('['.repeat(200) + ']'.repeat(200))).toBe(false);
  expect(isTooDeep('['.repeat(201))).toBe(true);
  expect(isTooDeep(`"${'['.repeat(300)}"`)).toBe(false);
  expect(isTooDeep('[]'.repeat(300))).toBe(false);
});
