/** Ending a token, by the id that the server knows it by. */
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../fixtures/server.ts';

const secret = 'a secret that another issuer has too, 32 bytes or more';
let server: TestServer;
beforeAll(async () => {
  server = await startServer({ flags: ['--auth', 'required', '--jwt-secret', secret] });
});
afterAll(() => server?.stop());

/** `jti`: also what the claim may not be. */
const withId = (jti: unknown) =>
  new SignJWT({ sub: 'ann', exp: Math.floor(Date.now() / 1000) + 3600, jti: jti as string })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(secret));

const ask = async (method: string, path: string, token: string) => {
  const answer = await fetch(server.url + path, { method, headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, text: await answer.text() };
};
const whoami = async (token: string) => (await ask('GET', '/auth/whoami', token)).status;
const logout = (token: string) => ask('POST', '/auth/logout', token);

it.each([undefined, '', 123, { a: 1 }, null])('is refused for a token whose id is %j', async (jti) => {
  const token = await withId(jti);
  const { status, text } = await logout(token);
  expect([status, (JSON.parse(text) as { code: string }).code]).toEqual([400, 'InvalidParameter']);
  expect(text).toContain('jti');
  expect(await whoami(token)).toBe(200);
  expect(await whoami(await withId(undefined))).toBe(200);
});

it('ends the token that has the id, and no other', async () => {
  const [token, other, none] = [await withId('abc'), await withId('abd'), await withId(undefined)];
  expect((await logout(token)).status).toBe(204);
  expect([await whoami(token), await whoami(other), await whoami(none)]).toEqual([401, 200, 200]);
});
