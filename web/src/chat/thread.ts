import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ChatMessage, FailureReason } from '../sdk/index.js';
import { ExpiryWatch, isExpired } from './expiry.js';
import { withLinks } from './links.js';
import { priorityInWords, stateInWords, stringsFor, type Strings } from './strings.js';
import { controls } from './styles.js';

/** What sending again would not mend. */
const hopeless: ReadonlySet<FailureReason> = new Set(['too-long', 'bad-recipient', 'expired']);

const timeOfDay = { hour: '2-digit', minute: '2-digit' } as const;

/** One conversation, the latest message below. Fires `resend` and `cancel` with a message's id. */
@customElement('sip-chat-thread')
export class Thread extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        overflow: auto;
        padding: 0.5rem 1rem;
      }
      ol {
        display: flex;
        flex-direction: column;
        gap: 0.5rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .day {
        align-self: center;
        color: var(--chat-muted);
        font-size: 0.85rem;
      }
      [data-message] {
        align-self: flex-start;
        max-width: min(36rem, 85%);
      }
      [data-direction='out'] {
        align-self: flex-end;
      }
      .bubble {
        width: fit-content;
        padding: 0.5rem 0.8rem;
        border-radius: 0.9rem;
        background: var(--chat-surface);
        line-height: 1.5;
        overflow-wrap: anywhere;
      }
      .body {
        white-space: pre-wrap;
      }
      [data-direction='out'] .bubble {
        margin-inline-start: auto;
        background: var(--chat-own);
      }
      [data-state='failed']:not([data-reason='cancelled']) .bubble {
        outline: 1px solid var(--chat-error);
      }
      .bubble p {
        margin: 0;
      }
      .priority,
      .subject {
        font-weight: 600;
      }
      .priority {
        color: var(--chat-error);
        font-size: 0.85rem;
      }
      [data-expired] .bubble {
        color: var(--chat-muted);
      }
      .below {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.1rem 0.5rem;
        margin: 0.15rem 0.3rem 0;
        color: var(--chat-muted);
        font-size: 0.8rem;
      }
      [data-direction='out'] .below {
        justify-content: flex-end;
      }
      [data-state='failed']:not([data-reason='cancelled']) .state {
        color: var(--chat-error);
      }
      .below button {
        padding: 0.1rem 0.5rem;
      }
      /* Most messages wait for a blink only. */
      [data-action='cancel'] {
        animation: appear 0.2s 1s both;
      }
      @keyframes appear {
        from {
          opacity: 0;
          visibility: hidden;
        }
      }
      .writing {
        margin: 0.5rem 0.3rem 0;
        color: var(--chat-muted);
        font-size: 0.85rem;
      }
      a {
        color: inherit;
      }
    `,
  ];

  @property({ attribute: false }) strings: Strings = stringsFor('en');
  @property({ attribute: false }) messages: ChatMessage[] = [];
  /** What the other one is called. */
  @property() name = '';
  /** The other one is writing now. */
  @property({ type: Boolean }) composing = false;
  @property() language = 'en';
  /** The client whose messages can be cancelled here. */
  @property() instance = '';
  #wasAtEnd = true;

  constructor() {
    super();
    new ExpiryWatch(this, () => this.messages);
  }

  override render() {
    let day = '';
    return html`<div role="log" aria-label=${this.strings.messages} tabindex="0">
      <ol>
        ${repeat(
          this.messages,
          (message) => message.key,
          (message) => {
            const itsDay = this.#day(message.time);
            const heading = itsDay === day ? nothing : html`<li class="day">${itsDay}</li>`;
            day = itsDay;
            return html`${heading}${this.#bubble(message)}`;
          },
        )}
      </ol>
      ${this.composing ? html`<p class="writing" data-writing>${this.strings.writing(this.name)}</p>` : nothing}
    </div>`;
  }

  #bubble(message: ChatMessage) {
    const { strings } = this;
    const words = stateInWords(strings, message, (time) => this.#time(time));
    const time = new Date(message.time).toLocaleTimeString(this.language, timeOfDay);
    const action = this.#action(message);
    const isOver = message.state !== 'failed' && isExpired(message, Date.now());
    return html`<li
      data-message=${message.id}
      data-direction=${message.direction}
      data-state=${message.state}
      data-reason=${message.reason}
      ?data-expired=${isOver}
    >
      <span class="visually-hidden">${message.direction === 'out' ? strings.you : this.name}: </span>
      ${this.#content(message)}
      <div class="below">
        <time datetime=${new Date(message.time).toISOString()}>${time}</time>
        ${isOver ? html`<span>${strings.expired}</span>` : nothing}
        ${words ? html`<span class="state">${words}</span>` : nothing}
        ${action
          ? html`<button data-action=${action} @click=${() => this.#ask(action, message.id)}>
              ${action === 'cancel' ? strings.cancel : strings.sendAgain}
            </button>`
          : nothing}
      </div>
    </li>`;
  }

  /** What the message says. */
  #content(message: ChatMessage) {
    const priority = priorityInWords(this.strings, message);
    const language = message.language?.includes(',') ? undefined : message.language;
    return html`<div class="bubble">
      ${priority ? html`<p class="priority">${priority}</p>` : nothing}
      ${message.subject ? html`<p class="subject" dir="auto" lang=${ifDefined(language)}>${message.subject}</p>` : nothing}
      <p class="body" dir="auto" lang=${ifDefined(language)}>${withLinks(message.body)}</p>
    </div>`;
  }

  /** What a person can do about a message; one button for all, so that the focus stays when one becomes the other. */
  #action({ direction, state, reason, instance }: ChatMessage): 'cancel' | 'resend' | undefined {
    if (direction === 'in') return undefined;
    if (state === 'queued' && instance === this.instance) return 'cancel';
    return state === 'failed' && !hopeless.has(reason) ? 'resend' : undefined;
  }

  /** A time to come: of today that of the day, else with the day. */
  #time(time: number): string {
    const date = new Date(time);
    const isToday = date.toDateString() === new Date().toDateString();
    if (isToday) return date.toLocaleTimeString(this.language, timeOfDay);
    return date.toLocaleString(this.language, { dateStyle: 'medium', timeStyle: 'short' });
  }

  #day(time: number): string {
    const date = new Date(time);
    const midnight = (daysAgo: number) => new Date(new Date().setHours(0, 0, 0, 0)).getTime() - daysAgo * 86_400_000;
    if (time >= midnight(0)) return this.strings.today;
    if (time >= midnight(1)) return this.strings.yesterday;
    return date.toLocaleDateString(this.language, { year: 'numeric', month: 'long', day: 'numeric' });
  }

  /** Who reads further up is left there; who is at the end stays at the end. */
  override willUpdate(changed: Map<string, unknown>) {
    const hasOther = changed.has('name');
    this.#wasAtEnd = hasOther || this.scrollHeight - this.scrollTop - this.clientHeight < 80;
  }
  override updated() {
    if (this.#wasAtEnd) this.scrollTop = this.scrollHeight;
  }

  #ask(action: 'cancel' | 'resend', id: string) {
    this.dispatchEvent(new CustomEvent(action, { detail: id }));
  }
}
