/** What a client may say, and what is done about it. */
import type { Connection } from './connection.ts';
import { execute, getMetrics } from './commands.ts';
import { object, optionalText, text, type Fields } from './fields.ts';
import { closeCodes } from '../sockets/close-codes.ts';
import { LiveError } from './protocol.ts';
import { readSubscription } from './subscription.ts';

/** Answers with an error where something is wrong; never throws. */
export async function handleMessage(connection: Connection, line: string): Promise<void> {
  let id: string | undefined;
  try {
    const message = parse(line);
    id = optionalText(message, 'id', 128);
    await handle(connection, message, id);
  } catch (error) {
    connection.answerError(error, id);
  }
}

function parse(line: string): Fields {
  try {
    return object({ message: JSON.parse(line) as unknown }, 'message');
  } catch {
    throw new LiveError(
      'INVALID_REQUEST',
      'A message is a JSON object such as {"id":"1","type":"subscribe"}',
    );
  }
}

async function handle(connection: Connection, message: Fields, id: string | undefined): Promise<void> {
  const type = text(message, 'type', 64);
  if (type === 'pong') return;
  if (type === 'auth') return authenticate(connection, message, id);
  if (connection.principal === undefined) {
    const reason = 'The first message must be {"type":"auth","token":"..."}';
    return connection.refuse(new LiveError('AUTH_FAILED', 'Authentication required', { reason }));
  }
  const handler = handlers[type];
  if (!handler) {
    const reason = `Unknown message type: '${type}'`;
    throw new LiveError('INVALID_REQUEST', 'Unknown message type', { field: 'type', reason });
  }
  await handler(connection, message, text(message, 'id', 128));
}

type Handler = (connection: Connection, message: Fields, id: string) => void | Promise<void>;

const handlers: Readonly<Record<string, Handler>> = Object.assign(Object.create(null) as object, {
  ping: (connection: Connection, _: Fields, id: string) => connection.send({ id, type: 'pong' }),
  subscribe,
  unsubscribe,
  command: (connection: Connection, message: Fields, id: string) => {
    const action = text(message, 'action', 64);
    if (action === 'execute') return execute(connection, object(message, 'payload'), id);
    if (action === 'get_metrics') return getMetrics(connection, object(message, 'payload'), id);
    const reason = `Unknown action: '${action}'. There are execute and get_metrics.`;
    throw new LiveError('INVALID_REQUEST', 'Unknown action', { field: 'action', reason });
  },
  get_metrics: (connection: Connection, message: Fields, id: string) =>
    getMetrics(connection, object(message, 'payload'), id),
});

async function authenticate(connection: Connection, message: Fields, id: string | undefined): Promise<void> {
  const { authentication } = connection.hub;
  const known = connection.principal;
  // With authentication off credentials, good or bad, are not looked at; who is somebody stays it.
  if (known === undefined || (known.kind === 'anonymous' && !authentication.isOff)) {
    try {
      const token = text(message, 'token', 8192);
      connection.admit(await authentication.ofToken(connection.request, token));
    } catch (error) {
      const reason = (error as Error).message;
      const failure = new LiveError('AUTH_FAILED', 'Authentication failed', { field: 'token', reason });
      return connection.fail(failure, closeCodes.authFailed, id);
    }
  }
  const { principal } = connection;
  if (principal === undefined) return;
  connection.send({
    ...(id !== undefined && { id }),
    type: 'auth_ack',
    payload: { subject: principal.subject },
  });
}

async function subscribe(connection: Connection, message: Fields, id: string): Promise<void> {
  const { hub, subscriptions } = connection;
  requireAction(message);
  const subscription = readSubscription(id, object(message, 'payload'), connection.principal!);
  const { first, last } = await hub.core.store.eventRange();
  if (subscriptions.has(id)) {
    throw new LiveError('SUBSCRIPTION_ERROR', 'The subscription exists', {
      field: 'id',
      reason: `'${id}' is in use`,
    });
  }
  if (subscriptions.size >= hub.bounds.subscriptions) {
    const reason = `A connection has at most ${hub.bounds.subscriptions} subscriptions`;
    throw new LiveError('RATE_LIMIT_EXCEEDED', 'Too many subscriptions', { reason });
  }
  const { since } = subscription;
  if (since && since.sequence > last) {
    const reason = `The last event is evt-${last}; that id is of another server`;
    throw new LiveError('SUBSCRIPTION_ERROR', 'Unknown event', { field: 'since', reason });
  }
  const missing = since !== undefined && since.sequence + 1 < first;
  connection.send({
    id,
    type: 'subscribe_ack',
    payload: {
      subscriptionId: id,
      status: 'active',
      position: `evt-${hub.feed.cursor}`,
      ...(since && { replay: { complete: !missing, ...(missing && { oldest: `evt-${first}` }) } }),
    },
  });
  connection.subscribe(subscription);
}

function unsubscribe(connection: Connection, message: Fields, id: string): void {
  requireAction(message);
  const subscriptionId = text(object(message, 'payload'), 'subscriptionId', 128);
  if (!connection.unsubscribe(subscriptionId)) {
    const reason = `There is no subscription '${subscriptionId}'`;
    throw new LiveError('SUBSCRIPTION_ERROR', 'Unknown subscription', { field: 'subscriptionId', reason });
  }
  connection.send({ id, type: 'unsubscribe_ack', payload: { subscriptionId, status: 'cancelled' } });
}

/** There are subscriptions to events only; an absent action means them. */
function requireAction(message: Fields): void {
  const action = optionalText(message, 'action', 64) ?? 'events';
  if (action === 'events') return;
  const reason = `Unknown action: '${action}'. There is events.`;
  throw new LiveError('INVALID_REQUEST', 'Unknown action', { field: 'action', reason });
}
