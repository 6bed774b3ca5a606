import type { GatewayEvent } from '../gateway/formats.ts';

/** Who API Gateway's authorizer says is calling. */
interface Caller {
  /** For logs: a token's subject, a principal's ARN. */
  readonly name: string;
  readonly scopes: readonly string[];
}

/**
 * What the JWT authorizer found in a token that it has verified. Without it nobody has: the function is called past the
 * API, or the API has lost its authorizer.
 */
export function jwtCaller(event: GatewayEvent | undefined): Caller | undefined {
  const { jwt } = (event?.requestContext.authorizer ?? {}) as { jwt?: { claims?: Record<string, unknown> } };
  if (!jwt?.claims) return undefined;
  const { sub, client_id, scope, scp } = jwt.claims;
  // Lists arrive as text: "[a b]".
  const scopes = String(scope ?? scp ?? '')
    .split(/[\s,[\]]+/)
    .filter(Boolean);
  return { name: String(sub ?? client_id ?? ''), scopes };
}

/** Whom the signature is of, which API Gateway has verified. */
export function iamCaller(event: GatewayEvent | undefined): Caller | undefined {
  const { iam } = (event?.requestContext.authorizer ?? {}) as { iam?: { userArn?: unknown } };
  return iam ? { name: String(iam.userArn ?? ''), scopes: [] } : undefined;
}

/** API_JWT_SCOPES: a token needs one of them, as API Gateway has it; any will do where none is named. */
export function hasJwtScope({ scopes }: Caller, wanted = process.env.API_JWT_SCOPES ?? ''): boolean {
  const names = wanted
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names.length === 0 || names.some((name) => scopes.includes(name));
}
