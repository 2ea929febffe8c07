import type { Socket } from 'node:net';

import fastJsonStringify, { type Schema } from 'fast-json-stringify';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifySerializerCompiler,
} from 'fastify';

import { appError } from '../contract/errors.ts';
import { bodyBytesMax, bodyValuesMax } from '../contract/limits.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Random } from '../kernel/random.ts';
import { createClientFaultHandler, newRequestId } from './client-faults.ts';
import { warnOfUnlistedProxy } from './unlisted-proxy.ts';
import { createErrorRenderer } from './error-renderer.ts';
import { collectMethods, createNotFoundHandler } from './wrong-method.ts';

/** How long a client may take to send a request; one that takes longer is told 408 and cut off. */
interface Patience {
  readonly headersMsMax: number;
  /** With its body. */
  readonly requestMsMax: number;
  /** Connections are looked at so often. */
  readonly checkedEveryMs: number;
}

export const usualPatience: Patience = { headersMsMax: 10_000, requestMsMax: 30_000, checkedEveryMs: 5_000 };
/** Longer than the usual idle time of a proxy's connection, so that the proxy closes first. */
const keepAliveTimeoutMs = 72_000;
const pathParameterLengthMax = 500;

interface HttpServerOptions {
  readonly logger: Logger;
  readonly random: Random;
  /** Whether the site is https, and so may tell browsers to stay there. */
  readonly https: boolean;
  /** Addresses of proxies whose `X-Forwarded-*` headers count; none by default. */
  readonly trustedProxies: readonly string[];
  readonly patience?: Patience;
}

/**
 * Makes the HTTP server that all features share: request ids, the log line of each request, security headers, limits
 * on what a client may send, and the renderer of errors. Routes are added by the features.
 */
export function createHttpServer({
  logger,
  random,
  https,
  trustedProxies,
  patience = usualPatience,
}: HttpServerOptions): FastifyInstance {
  const refused = new WeakSet<Socket>();
  const app = Fastify({
    logger: false,
    genReqId: () => newRequestId(random),
    bodyLimit: bodyBytesMax,
    http: { headersTimeout: patience.headersMsMax, connectionsCheckingInterval: patience.checkedEveryMs },
    requestTimeout: patience.requestMsMax,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionTimeout: 0,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: pathParameterLengthMax },
    forceCloseConnections: 'idle',
    // RFC 9110, section 9.1: every server takes HEAD. The routes of a sign-in, whose GET does something, opt out.
    exposeHeadRoutes: true,
    clientErrorHandler: createClientFaultHandler(random, refused),
    frameworkErrors: renderBeforeHooks(createErrorRenderer(logger)),
    // Requests are validated by the mount, so that one place decides what a bad request is told.
  });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(serializeLater);
  takeEmptyJsonBodies(app);
  addSecurityHeaders(app, https);
  refuseOddTransferCodings(app, refused);
  warnOfUnlistedProxy(app, logger, trustedProxies);
  logRequests(app, logger);
  app.setErrorHandler(createErrorRenderer(logger));
  app.setNotFoundHandler(createNotFoundHandler(collectMethods(app), createErrorRenderer(logger)));
  return app;
}

/** Errors of the router come before any hook, so they need the header that the hook would add. */
function renderBeforeHooks(render: ReturnType<typeof createErrorRenderer>) {
  return (fault: Error, request: FastifyRequest, reply: FastifyReply): void => {
    void render(fault, request, reply.header('x-content-type-options', 'nosniff'));
  };
}

// Node takes only the last coding into account. A proxy in front may read the same header as no body or another one, so
// whatever is not exactly `chunked` is refused (RFC 9112, section 6.1).
function refuseOddTransferCodings(app: FastifyInstance, refused: WeakSet<Socket>): void {
  app.addHook('onRequest', (request, reply, done) => {
    const coding = request.headers['transfer-encoding'];
    if (coding === undefined || coding.toLowerCase() === 'chunked') done();
    else {
      refused.add(request.raw.socket);
      reply.header('connection', 'close');
      done(appError('bad_request'));
    }
  });
}

// All of the contract's serializers at once take 4 MiB and a while of the start, so each is made for the first response
// of its route.
const serializeLater: FastifySerializerCompiler<Schema> = ({ schema }) => {
  let serialize: ReturnType<typeof fastJsonStringify> | undefined;
  return (response) => (serialize ??= fastJsonStringify(schema))(response);
};

// Clients exist that announce JSON and then send nothing; the schema decides whether nothing is enough.
function takeEmptyJsonBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else if (hasTooManyValues(String(body))) done(appError('body_too_large'));
    else void parseJson(request, String(body), done);
  });
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

// Each value of a body may bring an issue of its own about, and whoever sends a hundred thousand of them would have
// everybody wait for their list. Commas outside texts tell how many there are before anything is made of them.
function hasTooManyValues(body: string): boolean {
  let commas = 0;
  let inText = false;
  for (let index = 0; index < body.length && commas < bodyValuesMax; index += 1) {
    const unit = body.charCodeAt(index);
    if (unit === quote) inText = !inText;
    else if (unit === backslash && inText) index += 1;
    else if (unit === comma && !inText) commas += 1;
  }
  return commas >= bodyValuesMax;
}

function addSecurityHeaders(app: FastifyInstance, https: boolean): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    if (https) reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains');
    done();
  });
}

// The route's pattern is logged, never the URL: a callback's query holds a code (RFC 9700, section 4.2.4).
function logRequests(app: FastifyInstance, logger: Logger): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const durationMs = Math.round(reply.elapsedTime * 10) / 10;
    logger.info({ reqId: request.id, method: request.method, route, status: reply.statusCode, durationMs }, 'request');
    done();
  });
}
