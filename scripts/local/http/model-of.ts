import type { HttpAnswer } from './result.ts';

/** No answer about pictures is longer; what is, is not read for its model. */
const MOST = 1024 * 1024;

/** `NAME@VERSION` of the model that gave an answer, where the answer says so: our own protocol, and Open Inference. */
export function modelOf({ headers, body }: HttpAnswer): string | undefined {
  if (body.length > MOST || !/^application\/json\b/.test(String(headers['content-type']))) return undefined;
  try {
    const answer = JSON.parse(body.toString()) as Record<string, unknown> | null;
    const [result] = Array.isArray(answer?.results) ? answer.results : [answer];
    const { model, model_name, model_version } = result ?? {};
    return named(model?.name, model?.version) ?? named(model_name, model_version);
  } catch {
    return undefined;
  }
}

function named(name: unknown, version: unknown): string | undefined {
  return typeof name === 'string' && typeof version === 'string' ? `${name}@${version}` : undefined;
}
