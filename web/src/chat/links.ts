import LinkifyIt from 'linkify-it';
import { html, type TemplateResult } from 'lit';

const linkify = new LinkifyIt();

/** A text with its links clickable. Only what a browser opens in a page of its own becomes one. */
export function withLinks(text: string): (string | TemplateResult)[] {
  const parts: (string | TemplateResult)[] = [];
  let end = 0;
  for (const match of linkify.match(text) ?? []) {
    if (!/^(https?|mailto):/i.test(match.url)) continue;
    parts.push(text.slice(end, match.index));
    parts.push(html`<a href=${match.url} target="_blank" rel="noopener noreferrer">${match.text}</a>`);
    end = match.lastIndex;
  }
  parts.push(text.slice(end));
  return parts;
}
