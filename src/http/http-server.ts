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

/** How long a client may take to send a request. After that it gets 408 and is disconnected. */
interface Patience {
  readonly headersMsMax: number;
  /** Including the body. */
  readonly requestMsMax: number;
  /** How often connections are checked. */
  readonly checkedEveryMs: number;
}

export const usualPatience: Patience = { headersMsMax: 10_000, requestMsMax: 30_000, checkedEveryMs: 5_000 };
/** Longer than the usual idle timeout of a proxy, so that the proxy closes a connection first. */
const keepAliveTimeoutMs = 72_000;
const pathParameterLengthMax = 500;

interface HttpServerOptions {
  readonly logger: Logger;
  readonly random: Random;
  /** Whether the site is https, which enables HSTS. */
  readonly https: boolean;
  /** Addresses of proxies whose `X-Forwarded-*` headers are trusted; none by default. */
  readonly trustedProxies: readonly string[];
  readonly patience?: Patience;
}

/**
 * Creates the HTTP server of all features: request ids, request logging, security headers, limits on requests, and the
 * error renderer. The features add routes.
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
    // Every server supports HEAD (RFC 9110, section 9.1). The routes of a sign-in, whose GET has an effect, opt out.
    exposeHeadRoutes: true,
    clientErrorHandler: createClientFaultHandler(random, refused),
    frameworkErrors: renderBeforeHooks(createErrorRenderer(logger)),
    // The mount validates requests, so that one place decides the response to an invalid one.
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

/** Router errors occur before any hook, so they need the header that the hook would add. */
function renderBeforeHooks(render: ReturnType<typeof createErrorRenderer>) {
  return (fault: Error, request: FastifyRequest, reply: FastifyReply): void => {
    void render(fault, request, reply.header('x-content-type-options', 'nosniff'));
  };
}

// Node considers only the last transfer coding. A proxy may interpret the same header differently, so anything except
// `chunked` is rejected (RFC 9112, section 6.1).
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

// All serializers of the contract need 4 MiB and delay the start, so each is compiled at the first response of its
// route.
const serializeLater: FastifySerializerCompiler<Schema> = ({ schema }) => {
  let serialize: ReturnType<typeof fastJsonStringify> | undefined;
  return (response) => (serialize ??= fastJsonStringify(schema))(response);
};

// Some clients announce JSON and send an empty body. The schema decides whether that is valid.
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

// Each value of a body may cause an issue, and a list of a hundred thousand issues would block the server. Commas
// outside of strings count the values before the body is parsed.
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

// The route's pattern is logged, never the URL, because a callback's query contains a code (RFC 9700, section 4.2.4).
function logRequests(app: FastifyInstance, logger: Logger): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const durationMs = Math.round(reply.elapsedTime * 10) / 10;
    logger.info({ reqId: request.id, method: request.method, route, status: reply.statusCode, durationMs }, 'request');
    done();
  });
}
