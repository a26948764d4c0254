import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ConnectionState } from '../sdk/index.js';
import { connectionInWords, stringsFor, type Strings } from './strings.js';
import { controls } from './styles.js';

/** Tells in words how the connection is. Fires `retry`. */
@customElement('sip-chat-connection')
export class Connection extends LitElement {
  static override styles = [
    controls,
    css`
      div {
        display: flex;
        align-items: center;
        gap: 0.6rem;
        padding: 0.35rem 1rem;
        font-size: 0.9rem;
      }
      span.lamp {
        flex: none;
        width: 0.6rem;
        height: 0.6rem;
        border-radius: 50%;
        background: currentColor;
        opacity: 0.6;
      }
      [data-connection='connected'] .lamp {
        background: #1d9a4b;
        opacity: 1;
      }
      button {
        margin-inline-start: auto;
        padding: 0.15rem 0.6rem;
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) strings: Strings = stringsFor('en');
  @property({ attribute: false }) connection: ConnectionState = { status: 'connecting' };

  override render() {
    const { status } = this.connection;
    return html`<div role="status" data-connection=${status}>
      <span class="lamp" aria-hidden="true"></span>
      <span>${connectionInWords(this.strings, this.connection)}</span>
      ${status === 'reconnecting' ? html`<button @click=${this.#retry}>${this.strings.retryNow}</button>` : nothing}
    </div>`;
  }

  #retry = () => this.dispatchEvent(new CustomEvent('retry'));
}
