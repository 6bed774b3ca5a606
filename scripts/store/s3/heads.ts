import { setTimeout as wait } from 'node:timers/promises';
import { FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import {
  EMPTY_HEAD,
  type Head,
  headSchema,
  type keysOf,
  type TagChange,
  tagChange,
  tagsAt,
  versionsOf,
} from '#functions/models';
import type { TaggedShelf } from '../tags.ts';
import type { Objects } from './objects.ts';

/** Changes that head.json keeps at most; then the oldest hundred move to a page of their own. */
const IN_HEAD = 200;
const PAGE = 100;
/** Writers that are overtaken try again for so long. A hundred at once need some seconds. */
const PATIENCE_MS = 120_000;
const LONGEST_PAUSE_MS = 2_000;

/** The heads of a store's models: what is on them, and how they are changed. */
export class Heads {
  readonly #objects: Objects;
  readonly #keys: ReturnType<typeof keysOf>;

  constructor(objects: Objects, keys: ReturnType<typeof keysOf>) {
    this.#objects = objects;
    this.#keys = keys;
  }

  async read(name: string): Promise<{ head: Head; eTag?: string }> {
    const found = await this.#objects.read(this.#keys.head(name));
    if (!found) return { head: EMPTY_HEAD };
    return { head: this.#parse(headSchema, this.#keys.head(name), found.bytes), eTag: found.eTag };
  }

  /**
   * Changes a head by a conditional write; `decide` is asked anew whenever somebody else was quicker, and ends it by undefined.
   * Answers the head as it was written.
   * @throws FreezeframeError `store-busy`, and what `decide` throws.
   */
  async change(
    name: string,
    decide: (head: Head) => Head | undefined | Promise<Head | undefined>,
  ): Promise<Head | undefined> {
    const deadline = Date.now() + PATIENCE_MS;
    let ours: { base: Head; written: Head } | undefined;
    for (let attempt = 1; Date.now() < deadline; attempt++) {
      const { head, eTag } = await this.read(name);
      // An answer that was lost on its way: the SDK has asked again, and our own write was in its way.
      if (ours && holds(head, ours)) return ours.written;
      const decided = await decide(head);
      if (decided === undefined) return undefined;
      const written = await this.#paged(name, decided);
      ours = { base: head, written };
      const condition = eTag === undefined ? ({ absent: true } as const) : { eTag };
      if (await this.#objects.write(this.#keys.head(name), `${JSON.stringify(written)}\n`, condition)) return written;
      await wait(Math.random() * Math.min(LONGEST_PAUSE_MS, 20 * 1.5 ** attempt));
    }
    throw new FreezeframeError('store-busy', `Others change ${name} at ${this.#objects.location} all the time`, {
      remedy: 'Try again.',
      details: { name },
    });
  }

  /** Every change, the oldest first. */
  async history(name: string): Promise<TagChange[]> {
    const { head } = await this.read(name);
    const changes: TagChange[] = [];
    for (let page = 1; page <= head.pages; page++) {
      const key = this.#keys.page(name, page);
      changes.push(...this.#parse(z.array(tagChange), key, (await this.#objects.read(key))?.bytes));
    }
    return [...changes, ...head.history];
  }

  /** Of a history that grew long, moves the beginning to a page. Whoever else writes that page writes the same. */
  async #paged(name: string, head: Head): Promise<Head> {
    if (head.history.length <= IN_HEAD) return head;
    const page = head.pages + 1;
    const oldest = `${JSON.stringify(head.history.slice(0, PAGE))}\n`;
    await this.#objects.write(this.#keys.page(name, page), oldest, { absent: true });
    return { ...head, pages: page, history: head.history.slice(PAGE) };
  }

  #parse<T>(schema: Pick<z.ZodType<T>, 'parse'>, key: string, bytes: Uint8Array | undefined): T {
    try {
      return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    } catch (cause) {
      throw new FreezeframeError('store-damaged', `${key} at ${this.#objects.location} cannot be read`, {
        cause,
        remedy: 'It was changed by another program, or by a newer version of Freezeframe: restore it, or use that one.',
      });
    }
  }
}

/** A head as the store's rules see it. */
export function shelfOf(name: string, head: Head): TaggedShelf {
  const versions = versionsOf(head);
  return { name, versions, pins: head.tags, tags: tagsAt(head.tags, versions) };
}

/** Whether a head has what a write would have added: moves, which have ids, or a version, whose content is named once. */
function holds(head: Head, { base, written }: { base: Head; written: Head }): boolean {
  const marks = (one: Head) => [...one.history.map(({ id }) => id), ...versionsOf(one).map(({ content }) => content)];
  const before = new Set(marks(base));
  const there = new Set(marks(head));
  const added = marks(written).filter((mark) => !before.has(mark));
  return added.length > 0 && added.every((mark) => there.has(mark));
}
