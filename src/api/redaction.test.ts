import { expect, it } from 'vitest';
import { newApiKey } from '../core/key-material.ts';
import { withoutSecrets } from './redaction.ts';

it.each([
  ['/clusters/default?token=no', '/clusters/default?token=[hidden]'],
  ['/ws?token=lst_abc&x=1', '/ws?token=[hidden]&x=1'],
  ['/?X-Amz-Date=1&x-amz-signature=abc&y=2', '/?X-Amz-Date=1&x-amz-signature=[hidden]&y=2'],
  ['lsk_0123456789ab', 'lsk_0123456789ab'],
])('%s', (text, shown) => expect(withoutSecrets(text)).toBe(shown));

it('leaves of a key its id', () => {
  const { id, key } = newApiKey();
  expect(withoutSecrets(`/auth/keys/${key}/x`)).toBe(`/auth/keys/${id}_[hidden]/x`);
});
