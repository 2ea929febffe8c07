// oidc-provider has no types, and the community's describe an older version and depend on those of its web framework.
// This file declares only what this server and the practice identity provider call.
//
// It declares the internal files, not the package's entry. The entry prints a warning on every Node.js version that is
// not LTS, and the pinned version is not LTS.
declare module 'oidc-provider/lib/provider.js' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  /** The library's storage, one instance per model. */
  export interface Adapter {
    upsert(id: string, payload: AdapterPayload, expiresInSeconds?: number): Promise<void>;
    find(id: string): Promise<AdapterPayload | undefined>;
    findByUid(uid: string): Promise<AdapterPayload | undefined>;
    findByUserCode(userCode: string): Promise<AdapterPayload | undefined>;
    consume(id: string): Promise<void>;
    destroy(id: string): Promise<void>;
    revokeByGrantId(grantId: string): Promise<void>;
  }

  export interface AdapterPayload {
    readonly [name: string]: unknown;
  }

  export interface Account {
    readonly accountId: string;
    claims(
      use: string,
      scope: string | undefined,
    ): Promise<{ readonly sub: string; readonly [claim: string]: unknown }>;
  }

  export interface Interaction {
    readonly uid: string;
    readonly prompt: { readonly name: string };
    readonly params: { readonly [name: string]: unknown };
  }

  export type InteractionResult =
    | { readonly login: { readonly accountId: string } }
    | { readonly error: string; readonly error_description: string };

  /** A client, as far as hooks look at it. */
  export interface EngineClient {
    readonly clientId: string;
    readonly redirectUris: readonly string[];
    readonly clientAuthMethod: string;
  }

  /** A token, as far as hooks look at it. */
  export interface EngineToken {
    readonly kind: string;
    readonly clientId: string;
    readonly accountId?: string;
    readonly sessionUid?: string;
    readonly scopes: ReadonlySet<string>;
    readonly aud?: string;
  }

  /** The fields of the library's request context (Koa's) that its hooks use here. */
  export interface HookContext {
    type: string;
    status: number;
    body: unknown;
    readonly method: string;
    set(headers: Readonly<Record<string, string | readonly string[]>>): void;
    remove(header: string): void;
    readonly oidc: {
      readonly route: string;
      readonly client: EngineClient;
      readonly session: { readonly accountId: string };
      readonly params: { readonly scope?: string; readonly prompt?: string; readonly nonce?: string };
      readonly provider: Provider;
      readonly entities: { readonly PushedAuthorizationRequest?: { consume(): Promise<void> } };
    };
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }

  export class Provider extends EventEmitter {
    constructor(issuer: string, configuration: object);
    proxy: boolean;
    readonly Grant: {
      new (owner: { clientId: string; accountId: string }): Grant;
      find(id: string): Promise<Grant | undefined>;
    };
    readonly Client: { prototype: object };
    readonly RefreshToken: { prototype: object };
    use(middleware: (context: HookContext, next: () => Promise<void>) => Promise<void>): this;
    callback(): RequestListener;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: InteractionResult): Promise<void>;
  }
}

declare module 'oidc-provider/lib/helpers/interaction_policy/index.js' {
  import type { HookContext } from 'oidc-provider/lib/provider.js';

  /** A question of the library about a request: its name, a description, the error, and the answer. */
  export interface Check {
    readonly reason: string;
  }
  export const Check: new (
    ...question: readonly [reason: string, description: string, error: string, check: (context: HookContext) => boolean]
  ) => Check;

  export class Prompt {
    constructor(options: { name: string; requestable: boolean }, ...checks: Check[]);
    readonly checks: { remove(reason: string): void };
  }
}

declare module 'oidc-provider/lib/helpers/errors.js' {
  export class SessionNotFound extends Error {}
  /** An error of a standard, which the library answers where the standard says. */
  export class OIDCProviderError extends Error {
    constructor(status: number, message: string);
    readonly error: string;
    error_description?: string;
  }
  export class InvalidClientAuth extends OIDCProviderError {
    constructor(detail?: string);
  }
  export class InvalidGrant extends OIDCProviderError {
    constructor(detail?: string);
  }
  export class InvalidRequest extends OIDCProviderError {
    constructor(description: string);
  }
  export class AccessDenied extends OIDCProviderError {
    constructor(description?: string, detail?: string);
  }
  export class CustomOIDCProviderError extends OIDCProviderError {
    constructor(error: string, description: string);
  }
  export class InvalidTarget extends OIDCProviderError {
    constructor(description?: string);
  }
}
