import { type Html, html } from '#html';
import type { Content, Document, Operation, Parameter, Response } from './openapi.ts';
import { field, propertiesOf, typeOf } from './schema.ts';

/** One method of one path: what it takes and what it answers. */
export function operationSection(document: Document, path: string, method: string, operation: Operation): Html {
  const { summary, description, parameters = [], requestBody, responses } = operation;
  const id = operationId(method, path, operation);
  const title = `${id}-title`;
  return html`<article id="${id}" aria-labelledby="${title}">
<h3 id="${title}"><span class="method">${method.toUpperCase()}</span> <code>${path}</code></h3>
${paragraph(summary)}${paragraph(description)}${access(document, operation)}
${parameterList(parameters)}
${
  requestBody
    ? html`<h4>Body${requestBody.required ? '' : ', if any'}</h4>${contentList(requestBody.content)}`
    : undefined
}
<h4>Answers</h4>
<ul class="answers">${Object.entries(responses).map(([status, response]) => answerItem(status, response))}</ul>
<h4>Try</h4>
<pre><code>${curlOf(document, path, method, operation)}</code></pre>
</article>`;
}

export function operationId(method: string, path: string, { operationId }: Operation): string {
  return operationId ?? `${method}${path.replaceAll(/\W+/g, '-')}`;
}

function paragraph(text: string | undefined): Html | undefined {
  return text ? html`<p>${text}</p>` : undefined;
}

function access({ security = [] }: Document, operation: Operation): Html | undefined {
  const asked = (operation.security ?? security).length > 0;
  if (asked) return html`<p class="access">Asks who is calling.</p>`;
  return security.length > 0 ? html`<p class="access">Open to everybody.</p>` : undefined;
}

function parameterList(parameters: readonly Parameter[]): Html[] {
  return ['path', 'query', 'header'].flatMap((place) => {
    const all = parameters.filter((one) => one.in === place);
    if (all.length === 0) return [];
    const rows = all.map(
      ({ name, schema, required, description }) =>
        html`<li>${field(name, schema, required === true, description)}</li>`,
    );
    return [html`<h4>In the ${place}</h4><ul class="fields">${rows}</ul>`];
  });
}

/** Media types with the same schema are told together. */
function contentList(content: Content): Html[] {
  const groups = new Map<string, string[]>();
  for (const [type, { schema }] of Object.entries(content)) {
    const key = JSON.stringify(schema ?? {});
    groups.set(key, [...(groups.get(key) ?? []), type]);
  }
  return [...groups].map(([key, types]) => {
    const schema = JSON.parse(key) as NonNullable<Content[string]['schema']>;
    const names = types.map((type, i) => html`${i > 0 ? ', ' : ''}<code>${type}</code>`);
    const says = key === '{}' ? undefined : html`: <span class="type">${typeOf(schema)}</span>`;
    return html`<p>${names}${says}</p>${schema.description ? html`<p class="about">${schema.description}</p>` : undefined}${propertiesOf(schema)}`;
  });
}

function answerItem(status: string, { description, content = {}, headers = {} }: Response): Html {
  const named = Object.entries(headers).map(
    ([name, { description: says }]) => html`<li><code class="name">${name}</code> ${says}</li>`,
  );
  return html`<li><p><strong class="${Number(status) < 400 ? 'good' : 'bad'}">${status}</strong> ${description}</p>${
    // Problem documents are all alike, and told once.
    Number(status) < 400 ? contentList(content) : undefined
  }${named.length > 0 ? html`<ul class="fields">${named}</ul>` : undefined}</li>`;
}

/** A line to paste into a shell; words in capitals are to be replaced. */
function curlOf({ security = [] }: Document, path: string, method: string, operation: Operation): string {
  const types = Object.keys(operation.requestBody?.content ?? {});
  const picture = types.some((type) => type.startsWith('image/'));
  const json = types.find((type) => type.endsWith('json'));
  const body = picture
    ? ["-H 'content-type: image/jpeg'", '--data-binary @picture.jpg']
    : json
      ? [`-H 'content-type: ${json}'`, '--data-binary @request.json']
      : [];
  const verb = body.length === 0 && method !== 'get' ? [`-X ${method.toUpperCase()}`] : [];
  const key = (operation.security ?? security).length > 0 ? ["-H 'authorization: Bearer KEY'"] : [];
  const address = `ADDRESS${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())}`;
  return ['curl', ...verb, ...key, ...body, address].join(' ');
}
