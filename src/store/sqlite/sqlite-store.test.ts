import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeConformance } from '../conformance.ts';
import { openSqliteStore } from './sqlite-store.ts';

storeConformance('sqlite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'longshore-store-'));
  let store = await openSqliteStore({ directory });
  const open = store;
  return {
    store: open,
    async reopen() {
      await store.close();
      store = await openSqliteStore({ directory });
      return store;
    },
    async dispose() {
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
});
