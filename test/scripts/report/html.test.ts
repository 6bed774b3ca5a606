import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { html, named, shorten } from '../../../scripts/report/html.ts';
import { HOSTILE } from './sample.ts';

describe('html', () => {
  it('keeps a name in its element and in its attribute', () => {
    const { document } = parseHTML(html`<p title="${HOSTILE}">${named(HOSTILE)}</p>`.text);
    expect(document.querySelectorAll('*').length).toBe(2);
    expect(document.querySelector('p')?.attributes.length).toBe(1);
    expect(document.querySelector('bdi')?.textContent).toContain('</script></style><img src=x onerror=alert(1)>"');
  });

  it('shows what would move the text around it', () => {
    expect(html`${'a\u202eb\u0000c\nd\ud800e\u2066'}`.text).toBe('a\\u202eb\\u0000c\\nd\\ud800e\\u2066');
  });

  it('takes numbers, lists and its own, and leaves out what is undefined', () => {
    expect(html`${1}${[html`<i>${'<'}</i>`, 'b']}${undefined}`.text).toBe('1<i>&lt;</i>b');
  });

  it('cuts long names in their middle, between characters', () => {
    expect(shorten('abcdefghij', 7)).toBe('abc…hij');
    expect(shorten('😀'.repeat(10), 5)).toBe('😀😀…😀😀');
    expect(shorten('short', 5)).toBe('short');
  });
});
