import { Connection } from '../docker/client/connection.ts';

/** Removes an image from the engine at `address`, as another client of it would. */
export async function removeImage(address: string, reference: string): Promise<void> {
  const connection = new Connection(address);
  try {
    await connection.call('DELETE', `/v1.40/images/${reference}`, { query: { force: '1' } });
  } finally {
    connection.close();
  }
}
