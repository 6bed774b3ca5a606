/** A path of the routes, and what stood before it. */
export interface Split {
  readonly path: string;
  /** Empty, or as in `/prod`: belongs before every address of the service that is told to the caller. */
  readonly base: string;
}

/**
 * Takes off what API Gateway leaves before a path: the name of a stage, and the base path that a custom domain maps to it
 * (BASE_PATH). A path that is a route's as it is stays: a stage may be called `v1`.
 */
export function splitBase(
  sent: string,
  stage: string | undefined,
  isRoute: (path: string) => boolean,
  basePath = process.env.BASE_PATH ?? '',
): Split {
  const prefixes = [basePath, stage === '$default' ? '' : (stage ?? '')].map((text) => text.replace(/^\/+|\/+$/g, ''));
  let path = sent;
  let base = '';
  for (const prefix of prefixes) {
    const rest = path.slice(prefix.length + 1);
    if (prefix === '' || isRoute(path) || !path.startsWith(`/${prefix}`) || !/^(\/|$)/.test(rest)) continue;
    path = rest || '/';
    base += `/${prefix}`;
  }
  return { path, base };
}
