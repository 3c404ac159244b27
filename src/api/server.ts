/** The HTTP server: one app, every face, any number of addresses. */
import type { Socket } from 'node:net';
import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../core/ports/clock.ts';
import { systemClock } from '../telemetry/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics/metrics.ts';
import { collectRoutes, type RouteEntry } from './access.ts';
import { recordCalls, type AuditOptions } from './audit.ts';
import { frontDoor, type FrontDoorOptions } from './auth/front-door.ts';
import type { ContainersFaceOptions } from './containers/options.ts';
import { containersFace } from './containers/routes.ts';
import { allowOrigins } from './cors.ts';
import { refuseCrossSite } from './cross-site.ts';
import { ConnectionEntry } from './auth/connection-entry.ts';
import { containerExecFace } from './containers/exec-socket.ts';
import { ExecSessions } from './sockets/exec-sessions.ts';
import { webSockets } from './sockets/web-sockets.ts';
import { ecsFace } from './ecs/protocol.ts';
import type { EcsFaceOptions } from './ecs/protocol.ts';
import { checkHost } from './host-check.ts';
import { readJsonBodies } from './json.ts';
import { tellLimits } from './limits.ts';
import { defaultBounds } from './live/bounds.ts';
import { Hub, type LiveOptions } from './live/hub.ts';
import { liveFace } from './live/routes.ts';
import { lambdaFace } from './lambda/routes.ts';
import type { FunctionsFaceOptions } from './functions/options.ts';
import { functionsFace } from './functions/routes.ts';
import { createListener, tlsOptions } from './listener.ts';
import type { ListenAddress, TlsMaterial } from './listener.ts';
import { describeRoutes } from './openapi.ts';
import { auditRoute } from './ops/audit.ts';
import { countedGuard } from './ops/auth/counted-guard.ts';
import { docsRoutes } from './ops/docs.ts';
import type { AuthRoutesOptions } from './ops/auth/options.ts';
import { authRoutes } from './ops/auth/routes.ts';
import { healthRoute } from './ops/health.ts';
import type { HealthChecks } from './ops/health.ts';
import { metricsRoute, type MetricsRouteOptions } from './ops/metrics.ts';
import { resetRoute, type Reset } from './ops/reset.ts';
import { taskLogsRoute } from './ops/task-logs.ts';
import type { ReadLogs } from './ops/task-logs.ts';
import { pistonFace } from './piston/routes.ts';
import { readRefusedBodies } from './refused-body.ts';
import { requestId } from './request-id.ts';
import { logRequests } from './request-log.ts';
import { countedLimits, measureRequests } from './request-metrics.ts';
import { ajvOptions, refuseInPlainWords } from './request-validation.ts';
import { answerBrokenHttp, answerBrokenPaths, answerErrors } from './root-errors.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { defaultUploadBounds, Uploads, type UploadBounds } from './uploads.ts';

export interface ServerOptions<Core> {
  ecs: Omit<EcsFaceOptions<Core>, 'log'>;
  door: Omit<FrontDoorOptions, 'bodyLimit'>;
  reach?: Reach;
  /** Given: every address speaks TLS only. */
  tls?: TlsMaterial | undefined;
  version: string;
  log: Log;
  health: HealthChecks;
  /** Absent: nothing is measured, and there is no `/metrics`. */
  metrics?: Omit<MetricsRouteOptions, 'metrics'> & { metrics: Metrics };
  logs: ReadLogs;
  functions?: FunctionsFaceOptions['core'];
  containers?: ContainersFaceOptions['core'];
  /** Absent: there are no WebSockets. */
  live?: Omit<LiveOptions, 'authentication' | 'sessions' | 'version' | 'log' | 'audit'>;
  /** Absent: nothing is recorded. */
  audit?: AuditOptions;
  /** Absent: nobody is given a credential over HTTP. */
  auth?: AuthRoutesOptions;
  /** Given only where `--reset` was. */
  reset?: Reset;
  /** The machine's unless told. */
  clock?: Clock;
  /** Bytes; 1 MiB unless told. */
  bodyLimit?: number;
  patience?: Partial<Patience>;
}

/** Between the callers and this server: proxies, names, pages of other sites. */
export interface Reach {
  /** Addresses and networks whose X-Forwarded-* headers are believed. */
  trustedProxies: readonly string[];
  /** Origins whose pages may call. */
  corsOrigins: readonly string[];
  /** By which it may be called, beside addresses and localhost. */
  hostNames: readonly string[];
  tls: boolean;
}

/** How long what a client sends may take: milliseconds. */
export interface Patience extends UploadBounds {
  /** A request, with its body. */
  requestMs: number;
  /** Whether one has taken longer. */
  checkedEveryMs: number;
}

const defaultPatience: Patience = { ...defaultUploadBounds, requestMs: 60_000, checkedEveryMs: 30_000 };

const loopbackOnly: Reach = { trustedProxies: [], corsOrigins: [], hostNames: [], tls: false };

export interface Server {
  /** Returns the URLs, in the order of the addresses. Throws, and is closed, where one cannot be had. Once only. */
  listen(addresses: readonly ListenAddress[]): Promise<string[]>;
  /** Stops accepting, lets the requests under way finish, and closes the connections. */
  close(): Promise<void>;
  /** For requests without a socket (`inject`) and for further routes, before `listen`. */
  app: FastifyInstance;
  /** Every route with who may call it. */
  routes: readonly RouteEntry[];
  /** Open WebSockets. */
  webSockets(): number;
}

export function createServer<Core>(options: ServerOptions<Core>): Server {
  const { log } = options;
  const bodyLimit = options.bodyLimit ?? 1024 * 1024;
  const reach = options.reach ?? loopbackOnly;
  const { clock = systemClock } = options;
  const patience = { ...defaultPatience, ...options.patience };
  const uploads = new Uploads(clock, patience);
  const app = fastify({
    bodyLimit,
    ...timeouts(patience, uploads),
    ajv: ajvOptions,
    genReqId: requestId,
    trustProxy: reach.trustedProxies.length > 0 && [...reach.trustedProxies],
    frameworkErrors: answerBrokenPaths(reach),
    // ARNs stand in paths.
    routerOptions: { maxParamLength: 2048 },
    logger: false,
    ...(options.tls && { https: tlsOptions(options.tls) }),
  }) as FastifyInstance;

  const listener = createListener(app);
  const routes = collectRoutes(app);
  refuseInPlainWords(app);
  describeRoutes(app, options.version);
  if (options.audit) recordCalls(app, options.audit);

  // The pipeline, in order. What is called on the app itself holds for every face.
  logRequests(app, log);
  const { requests, access } = options.metrics?.metrics ?? {};
  if (requests) measureRequests(app, requests);
  setSecurityHeaders(app, reach);
  checkHost(app, reach.hostNames);
  refuseCrossSite(app, { origins: reach.corsOrigins, mode: options.door.mode });
  allowOrigins(app, reach.corsOrigins);
  tellLimits(app);
  readJsonBodies(app);
  answerErrors(app, log);
  frontDoor(app, {
    ...options.door,
    ...(access && { limits: countedLimits(options.door.limits, access) }),
    bodyLimit,
  });
  readRefusedBodies(app);
  const hub = registerFaces(app, options, { clock, uploads });
  return {
    app,
    routes,
    listen: (addresses) => listener.listen(addresses),
    close: () => listener.close(),
    webSockets: () => hub?.connections ?? 0,
  };
}

/** Every face, each with its own parsing and its own form of errors. Answers with the hub of the WebSockets. */
function registerFaces<Core>(
  app: FastifyInstance,
  options: ServerOptions<Core>,
  { clock, uploads }: { clock: Clock; uploads: Uploads },
): Hub | undefined {
  const { log, door } = options;
  const { access } = options.metrics?.metrics ?? {};
  void app.register(ecsFace({ ...options.ecs, log }));
  void app.register(healthRoute({ version: options.version, checks: options.health }));
  if (options.metrics) void app.register(metricsRoute(options.metrics));
  void app.register(resetRoute(options.reset));
  if (options.auth) {
    const guard = access ? countedGuard(options.auth.guard, access) : options.auth.guard;
    void app.register(authRoutes({ ...options.auth, guard }));
  }
  const entry = new ConnectionEntry(door, clock);
  const bounds = { ...defaultBounds, ...options.live?.bounds };
  const sessions = new ExecSessions({ clock, log, bounds });
  const shared = { door, entry, sessions, audit: options.audit?.log, uploads, clock, log };
  const containers = options.containers && { ...shared, core: options.containers };
  void app.register(taskLogsRoute({ read: options.logs, door, clock, log }));
  if (options.functions) {
    void app.register(functionsFace({ core: options.functions, log }));
    void app.register(pistonFace({ core: options.functions, log }));
    void app.register(lambdaFace({ core: options.functions, region: options.ecs.region, log, door }));
  }
  if (containers) void app.register(containersFace(containers));
  void app.register(docsRoutes);
  const hub = options.live && liveHub(options, { ...options.live, authentication: entry, sessions });
  const spoken = [...(hub ? [liveFace(hub)] : []), ...(containers ? [containerExecFace(containers)] : [])];
  void app.register(webSockets(spoken, sessions));
  if (options.audit) void app.register(auditRoute(options.audit.log));
  return hub;
}

/** A request that comes drop by drop must not hold its connection for ever. Answers may take as long as they do. */
function timeouts({ requestMs, checkedEveryMs }: Patience, uploads: Uploads) {
  return {
    requestTimeout: requestMs,
    http: { headersTimeout: requestMs, connectionsCheckingInterval: checkedEveryMs },
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => {
      const isUpload = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && uploads.isOne(socket);
      if (!isUpload) answerBrokenHttp(error, socket);
    },
  };
}

function liveHub<Core>(
  { version, log, audit }: ServerOptions<Core>,
  live: Omit<LiveOptions, 'version' | 'log' | 'audit'>,
): Hub {
  return new Hub({ ...live, version, log, ...(audit && { audit: audit.log }) });
}
