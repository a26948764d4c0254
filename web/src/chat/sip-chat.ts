import { css, html, LitElement } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { claimInstance, connect, peerAddress, shownAddress, webSocketAddress } from '../sdk/index.js';
import type { ChatMessage, ConnectionState, Receipts, SipClient } from '../sdk/index.js';
import './composer.js';
import './connection.js';
import './roster.js';
import './sign-in.js';
import './thread.js';
import type { Composer } from './composer.js';
import type { Peer, Roster } from './roster.js';
import type { SignInDetail } from './sign-in.js';
import { connectionInWords, startProblemInWords, stringsFor } from './strings.js';
import { controls, theme } from './styles.js';

/**
 * A chat in one element: sign-in, conversations, messages. With `address` and `password` set it signs in by itself;
 * an empty password counts as set.
 * Fires `signed-in` (detail: what was typed, once the server has accepted it) and `signed-out`.
 */
@customElement('sip-chat')
export class SipChat extends LitElement {
  static override styles = [
    theme,
    controls,
    css`
      :host {
        display: block;
        height: 32rem;
        container-type: inline-size;
        background: var(--chat-background);
        color: var(--chat-text);
        font-family: system-ui, 'Hiragino Sans', 'Yu Gothic UI', 'Noto Sans CJK JP', sans-serif;
        font-size: 1rem;
      }
      .frame {
        display: grid;
        height: 100%;
        grid-template: auto minmax(0, 1fr) / minmax(12rem, 18rem) minmax(0, 1fr);
      }
      header {
        grid-column: 1 / -1;
        display: flex;
        align-items: center;
        border-bottom: 1px solid var(--chat-line);
        color: var(--chat-muted);
      }
      header.reconnecting {
        background: var(--chat-warning-surface);
        color: var(--chat-warning-text);
      }
      header sip-chat-connection {
        flex: 1;
        min-width: 0;
      }
      header .own {
        overflow: hidden;
        padding-inline: 1rem;
        font-size: 0.9rem;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      header button {
        flex: none;
        margin: 0.3rem 0.6rem;
        padding: 0.25rem 0.7rem;
      }
      sip-chat-roster {
        border-inline-end: 1px solid var(--chat-line);
        background: var(--chat-surface);
      }
      main {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      main h2 {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        margin: 0;
        padding: 0.6rem 1rem;
        border-bottom: 1px solid var(--chat-line);
        font-size: 1rem;
        overflow-wrap: anywhere;
      }
      sip-chat-thread {
        flex: 1;
        min-height: 0;
      }
      .empty {
        margin: auto;
        padding: 1rem;
        color: var(--chat-muted);
        text-align: center;
      }
      sip-chat-sign-in {
        height: 100%;
      }
      .back {
        display: none;
        padding: 0.2rem 0.6rem;
      }
      @container (max-width: 40rem) {
        .frame {
          grid-template-columns: minmax(0, 1fr);
        }
        .own,
        .reading sip-chat-roster,
        .choosing main {
          display: none;
        }
        sip-chat-roster {
          border: 0;
        }
        .back {
          display: block;
        }
      }
    `,
  ];

  /** Address of the server's WebSocket; left out: where the page came from. */
  @property() server = '';
  @property() address = '';
  @property() password: string | undefined;
  /** What others may be told of the messages they sent: `none`, `delivery`, or with the person's consent `display`. */
  @property() receipts: Receipts = 'delivery';
  /** Stated by whoever runs every server and link to the others: large messages harm none of them (RFC 3428 8). */
  @property({ type: Boolean, attribute: 'congestion-safe' }) congestionSafe = false;
  /** Whose conversation is open. */
  @property() peer = '';
  /** Where sipmsg.wasm is; left out: next to this script. */
  @property() wasm = '';

  @state() private client: SipClient | undefined;
  @state() private connection: ConnectionState = { status: 'closed' };
  @state() private messages: ChatMessage[] = [];
  @state() private problem = '';
  @state() private isBusy = false;
  @query('sip-chat-composer') private composer!: Composer | null;
  @query('sip-chat-roster') private roster!: Roster | null;
  #unread = new Map<string, number>();
  #listening: (() => void)[] = [];

  override connectedCallback() {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#lookedAt);
    // Whoever makes the element by script may set its properties after it is in the page.
    queueMicrotask(() => {
      const { address, password, server, receipts } = this;
      if (this.isConnected && address && password !== undefined) void this.#signIn({ address, password, server, receipts });
    });
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.#lookedAt);
    this.#drop();
  }

  override render() {
    const { strings } = this;
    if (!this.client) {
      return html`<sip-chat-sign-in
        .strings=${strings}
        .address=${this.address}
        .server=${this.server}
        .receipts=${this.receipts}
        .problem=${this.problem}
        .busy=${this.isBusy}
        @sign-in=${(event: CustomEvent<SignInDetail>) => this.#signIn(event.detail)}
      ></sip-chat-sign-in>`;
    }
    return html`<div class="frame ${this.peer ? 'reading' : 'choosing'}" @keydown=${this.#keydown}>
      <header class=${this.connection.status}>
        <sip-chat-connection
          .strings=${strings}
          .connection=${this.connection}
          @retry=${() => this.client?.networkAvailable()}
        ></sip-chat-connection>
        <span class="own">${shownAddress(this.client.address)}</span>
        <button data-sign-out @click=${this.#signOut}>${strings.signOut}</button>
      </header>
      <sip-chat-roster
        .strings=${strings}
        .peers=${this.#peers()}
        .selected=${this.peer}
        @pick=${this.#pick}
      ></sip-chat-roster>
      <main>${this.peer ? this.#conversation(this.peer) : html`<p class="empty">${strings.pickConversation}</p>`}</main>
    </div>`;
  }

  #conversation(peer: string) {
    const { strings, client } = this;
    const name = this.#peers().find((known) => known.address === peer)?.name || shownAddress(peer);
    return html`<h2>
        <button class="back" aria-label=${strings.back} @click=${this.#back}>←</button>
        <span dir="auto">${name}</span>
      </h2>
      <sip-chat-thread
        .strings=${strings}
        .language=${this.#language}
        .name=${name}
        .composing=${client?.isComposing(peer) ?? false}
        .instance=${client?.instance ?? ''}
        .messages=${this.messages.filter((message) => message.peer === peer)}
        @resend=${(event: CustomEvent<string>) => client?.resend(event.detail)}
        @cancel=${(event: CustomEvent<string>) => client?.cancel(event.detail)}
      ></sip-chat-thread>
      <sip-chat-composer
        .strings=${strings}
        .measure=${(text: string) => client?.excess(peer, text) ?? 0}
        @write=${(event: CustomEvent<string>) => client?.send(peer, event.detail)}
        @composing=${(event: CustomEvent<boolean>) => client?.composing(peer, event.detail)}
      ></sip-chat-composer>`;
  }

  #peers(): Peer[] {
    const known: Peer[] = (this.client?.peers() ?? []).map((peer) => ({
      ...peer,
      unread: this.#unread.get(peer.address) ?? 0,
    }));
    const isNew = this.peer && !known.some((peer) => peer.address === this.peer);
    return isNew ? [{ address: this.peer, name: '', unread: 0 }, ...known] : known;
  }

  get #language(): string {
    return this.closest('[lang]')?.getAttribute('lang') || navigator.language;
  }
  private get strings() {
    return stringsFor(this.#language);
  }

  async #signIn(detail: SignInDetail) {
    if (this.client || this.isBusy) return;
    this.problem = '';
    this.isBusy = true;
    try {
      const client = await connect({
        server: webSocketAddress(detail.server, location.href),
        address: detail.address,
        password: detail.password,
        receipts: detail.receipts,
        congestionSafe: this.congestionSafe,
        wasm: this.wasm || new URL('sipmsg.wasm', import.meta.url),
        instance: await claimInstance(sessionStorage),
      });
      if (this.isConnected) this.#adopt(client, detail);
      else void client.close();
    } catch (error) {
      this.problem = startProblemInWords(this.strings, error);
    }
    this.isBusy = false;
  }

  #adopt(client: SipClient, detail: SignInDetail) {
    this.client = client;
    this.address = shownAddress(client.address);
    this.password = detail.password;
    this.server = detail.server;
    this.receipts = detail.receipts;
    this.peer = (this.peer && peerAddress(this.peer, client.address)) || '';
    const show = () => (this.messages = client.messages());
    const become = (state: ConnectionState) => {
      this.connection = state;
      if (state.status === 'connected') this.#tell('signed-in', detail);
      if (state.status === 'failed') this.#leave(connectionInWords(this.strings, state));
    };
    const count = (message: ChatMessage) => {
      show();
      const isSeen = message.direction === 'out' || (message.peer === this.peer && !document.hidden);
      if (!isSeen) this.#unread.set(message.peer, (this.#unread.get(message.peer) ?? 0) + 1);
    };
    this.#listening = [client.on('state', become), client.on('delivery', show), client.on('message', count), client.on('composing', () => this.requestUpdate())];
    show();
    become(client.state);
    void this.updateComplete.then(() => this.composer?.focus());
  }

  /** Back to the sign-in, with the reason. What was written is kept and goes out after the next one. */
  #leave(problem: string) {
    this.#drop();
    this.password = undefined;
    this.problem = problem;
    this.#tell('signed-out');
  }

  /** What the client says while it signs off is nobody's business here any more. */
  #drop() {
    for (const stop of this.#listening) stop();
    void this.client?.close();
    this.client = undefined;
    this.#unread.clear();
  }

  /** What stands in the open conversation, in a page that is looked at, was shown. */
  override updated() {
    if (this.peer && !document.hidden) this.client?.displayed(this.peer);
  }

  #signOut = () => this.#leave('');

  #pick = (event: CustomEvent<string>) => {
    const peer = this.client && peerAddress(event.detail, this.client.address);
    if (!peer) {
      event.preventDefault();
      if (this.roster) this.roster.problem = this.strings.notAnAddress;
      return;
    }
    this.peer = peer;
    this.#unread.delete(peer);
    void this.updateComplete.then(() => this.composer?.focus());
  };

  #back = () => {
    this.peer = '';
  };
  #keydown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.isComposing) this.#back();
  };

  #lookedAt = () => {
    if (document.hidden) return;
    this.#unread.delete(this.peer);
    this.client?.networkAvailable();
    this.requestUpdate();
  };

  #tell(type: 'signed-in' | 'signed-out', detail?: SignInDetail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sip-chat': SipChat;
  }
}
