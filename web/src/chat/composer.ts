import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { stringsFor, type Strings } from './strings.js';
import { controls } from './styles.js';

/**
 * Where a message is written. Enter sends, Shift+Enter begins a line. Fires `write` with the text,
 * and `composing` (detail: false when nothing is left) with each change of it.
 */
@customElement('sip-chat-composer')
export class Composer extends LitElement {
  static override styles = [
    controls,
    css`
      form {
        display: flex;
        align-items: end;
        gap: 0.5rem;
        padding: 0.6rem 1rem 1rem;
      }
      button {
        padding-block: 0.55rem;
        line-height: 1.5;
      }
      label {
        flex: 1;
      }
      textarea {
        display: block;
        max-height: 40vh;
        line-height: 1.5;
        resize: none;
        field-sizing: content;
      }
      p {
        margin: 0;
        padding: 0 1rem;
        font-size: 0.9rem;
      }
    `,
  ];

  @property({ attribute: false }) strings: Strings = stringsFor('en');
  /** Bytes by which a text is too long. */
  @property({ attribute: false }) measure: (text: string) => number = () => 0;
  @state() private text = '';

  override render() {
    const { strings } = this;
    const excess = this.text ? this.measure(this.text) : 0;
    return html`${excess > 0 ? html`<p role="alert">${strings.tooLongBy(excess)}</p>` : nothing}
      <form @submit=${this.#submit}>
        <label
          ><span class="visually-hidden">${strings.writeHere}</span>
          <textarea
            data-composer
            rows=${Math.min(this.text.split('\n').length, 8)}
            dir="auto"
            enterkeyhint="send"
            placeholder=${strings.writeHere}
            .value=${this.text}
            @input=${this.#input}
            @keydown=${this.#keydown}
          ></textarea>
        </label>
        <button data-send class="primary" type="submit" ?disabled=${!this.text.trim() || excess > 0}>
          ${strings.send}
        </button>
      </form>`;
  }

  override focus() {
    this.renderRoot.querySelector('textarea')?.focus();
  }

  #input = (event: InputEvent) => {
    this.text = (event.target as HTMLTextAreaElement).value;
    this.dispatchEvent(new CustomEvent('composing', { detail: this.text.trim() !== '' }));
  };

  #keydown = (event: KeyboardEvent) => {
    // While an input method composes, Enter chooses a candidate. Safari reports that one as key code 229 only.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
    event.preventDefault();
    this.#submit(event);
  };

  #submit = (event: Event) => {
    event.preventDefault();
    const text = this.text.trim();
    if (!text || this.measure(text) > 0) return;
    this.text = '';
    this.dispatchEvent(new CustomEvent('write', { detail: text }));
  };
}
