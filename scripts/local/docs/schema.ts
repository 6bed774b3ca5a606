import { type Html, html } from '#html';
import type { Schema } from './openapi.ts';

/** Safe integers are what JSON's numbers are read as; as limits they say nothing. */
const SAYS_NOTHING = Number.MAX_SAFE_INTEGER;

/** Where a component is on the page. */
export function schemaId(name: string): string {
  return `schema-${name}`;
}

/** A type in a few words: `list of 1 to 64 (Picture)`, with links to components. */
export function typeOf(schema: Schema): Html {
  const { $ref, anyOf, oneOf, items, properties, additionalProperties } = schema;
  if ($ref) {
    const name = $ref.split('/').at(-1) ?? '';
    return html`<a href="#${schemaId(name)}">${name}</a>`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum) return joined(schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`));
  const choices = anyOf ?? oneOf;
  if (choices) return joined(choices.map(typeOf));
  if (items) return html`list of ${range(schema.minItems, schema.maxItems)}${typeOf(items)}`;
  if (properties) return html`object`;
  if (typeof additionalProperties === 'object') return html`object of ${typeOf(additionalProperties)}`;
  if (schema.format === 'binary') return html`bytes`;
  const types = [schema.type ?? 'anything'].flat().join(' or ');
  const limits = [
    range(schema.minimum, schema.maximum).trim(),
    schema.maxLength ? `at most ${schema.maxLength} characters` : '',
  ]
    .filter(Boolean)
    .join(', ');
  return html`${types}${limits ? `, ${limits}` : ''}`;
}

/** Whether there is more to a schema than `typeOf` says. */
function isDeep({ properties, items, anyOf, oneOf }: Schema): boolean {
  return Boolean(properties) || [items, ...(anyOf ?? oneOf ?? [])].some((one) => one !== undefined && isDeep(one));
}

/** The properties of an object, and of those within it; nothing for other schemas. */
export function propertiesOf(schema: Schema): Html | undefined {
  const { properties, required = [], items, anyOf, oneOf } = schema;
  if (properties) {
    const rows = Object.entries(properties).map(
      ([name, inner]) => html`<li>${field(name, inner, required.includes(name))}${propertiesOf(inner)}</li>`,
    );
    return rows.length > 0 ? html`<ul class="fields">${rows}</ul>` : undefined;
  }
  const deep = [items, ...(anyOf ?? oneOf ?? [])].filter((one) => one !== undefined && isDeep(one));
  return deep.length > 0 ? html`${deep.map((one) => propertiesOf(one as Schema))}` : undefined;
}

/** A name, its type, whether it must be there, and what it means. */
export function field(name: string, schema: Schema, required: boolean, more = ''): Html {
  const about = more || schema.description;
  return html`<p><code class="name">${name}</code> <span class="type">${typeOf(schema)}${required ? ', required' : ''}</span></p>${
    about ? html`<p class="about">${about}</p>` : undefined
  }`;
}

function joined(parts: readonly Html[]): Html {
  return html`${parts.map((part, i) => (i === 0 ? part : html` or ${part}`))}`;
}

function range(from: number | undefined, to: number | undefined): string {
  const least = from === undefined || from <= -SAYS_NOTHING ? undefined : from;
  const most = to === undefined || to >= SAYS_NOTHING ? undefined : to;
  if (least !== undefined && most !== undefined) return `${least} to ${most} `;
  if (least !== undefined) return `${least} or more `;
  return most === undefined ? '' : `at most ${most} `;
}
