import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { shownAddress, type ChatMessage } from '../sdk/index.js';
import { failedPrefix, stringsFor, type Strings } from './strings.js';
import { controls } from './styles.js';

export interface Peer {
  address: string;
  name: string;
  last?: ChatMessage;
  unread: number;
}

/** Everyone written to or heard from. Fires `pick` with what was typed or chosen. */
@customElement('sip-chat-roster')
export class Roster extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      form {
        display: flex;
        gap: 0.5rem;
        padding: 0.75rem;
      }
      form label {
        flex: 1;
        min-width: 0;
      }
      p {
        margin: 0;
        padding: 0 0.75rem 0.75rem;
        color: var(--chat-muted);
      }
      p[role='alert'] {
        color: var(--chat-error);
      }
      ul {
        flex: 1;
        margin: 0;
        padding: 0 0.5rem 0.5rem;
        overflow: auto;
        list-style: none;
      }
      li button {
        display: grid;
        grid-template-columns: 1fr auto;
        width: 100%;
        padding: 0.55rem 0.6rem;
        border-color: transparent;
        background: none;
        text-align: start;
      }
      li button:hover {
        background: var(--chat-line);
      }
      li button[aria-current='true'] {
        background: var(--chat-own);
      }
      strong,
      .last {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .last {
        grid-column: 1 / -1;
        color: var(--chat-muted);
        font-size: 0.9rem;
      }
      .last.failed {
        color: var(--chat-error);
      }
      .unread {
        min-width: 1.4rem;
        padding: 0 0.4rem;
        border-radius: 1rem;
        background: var(--chat-accent);
        color: var(--chat-on-accent);
        font-size: 0.85rem;
        text-align: center;
      }
    `,
  ];

  @property({ attribute: false }) strings: Strings = stringsFor('en');
  @property({ attribute: false }) peers: Peer[] = [];
  @property() selected = '';
  /** Told by sip-chat when what was typed is no address. */
  @state() problem = '';

  override render() {
    const { strings } = this;
    return html`<form @submit=${this.#submit}>
        <label
          ><span class="visually-hidden">${strings.newConversation}</span>
          <input
            data-new-peer
            name="peer"
            autocapitalize="none"
            autocomplete="off"
            spellcheck="false"
            placeholder=${strings.newConversationHint}
            @input=${() => (this.problem = '')}
        /></label>
        <button type="submit">${strings.open}</button>
      </form>
      ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing}
      ${this.peers.length === 0 ? html`<p>${strings.noConversations}</p>` : nothing}
      <ul aria-label=${strings.conversations}>
        ${this.peers.map((peer) => this.#row(peer))}
      </ul>`;
  }

  #row(peer: Peer) {
    const { strings } = this;
    const shown = shownAddress(peer.address);
    return html`<li>
      <button
        data-peer=${peer.address}
        aria-current=${peer.address === this.selected ? 'true' : 'false'}
        @click=${() => this.#pick(peer.address)}
      >
        <strong dir="auto">${peer.name || shown}</strong>
        ${peer.unread > 0 ? html`<span class="unread">${peer.unread}<span class="visually-hidden"> ${strings.unread}</span></span>` : nothing}
        ${this.#last(peer)}
      </button>
    </li>`;
  }

  /** What was said last; a message that did not arrive must not look like one that did. */
  #last({ address, last }: Peer) {
    if (!last) return html`<span class="last" dir="auto">${shownAddress(address)}</span>`;
    const { strings } = this;
    const said = last.body || last.subject;
    if (last.direction === 'in') return html`<span class="last" dir="auto">${said}</span>`;
    const who = last.state === 'failed' ? failedPrefix(strings, last) : `${strings.you}: `;
    const isTrouble = last.state === 'failed' && last.reason !== 'cancelled';
    return html`<span class="last ${isTrouble ? 'failed' : ''}" dir="auto">${who}${said}</span>`;
  }

  #submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const typed = String(new FormData(form).get('peer') ?? '').trim();
    if (typed && this.#pick(typed)) form.reset();
  };

  /** False when nobody could be picked by that. */
  #pick(address: string): boolean {
    return this.dispatchEvent(new CustomEvent('pick', { detail: address, cancelable: true }));
  }
}
