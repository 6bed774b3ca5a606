/** Hosted CI that signs for npm what it built (https://docs.npmjs.com/generating-provenance-statements). */
const SIGNERS = [
  {
    name: 'GitHub Actions',
    signs: (env: NodeJS.ProcessEnv) => Boolean(env.GITHUB_ACTIONS && env.ACTIONS_ID_TOKEN_REQUEST_URL),
  },
  { name: 'GitLab CI', signs: (env: NodeJS.ProcessEnv) => Boolean(env.GITLAB_CI && env.SIGSTORE_ID_TOKEN) },
] as const;

/** Who signs here; undefined where nobody does. */
export function signer(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return SIGNERS.find(({ signs }) => signs(env))?.name;
}
