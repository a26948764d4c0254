import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Receipts } from '../sdk/index.js';
import { stringsFor, type Strings } from './strings.js';
import { controls } from './styles.js';

export interface SignInDetail {
  address: string;
  password: string;
  /** Empty: that of the page. */
  server: string;
  receipts: Receipts;
}

/** Asks for address and password. Fires `sign-in` with a SignInDetail. */
@customElement('sip-chat-sign-in')
export class SignIn extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        place-items: center;
        padding: 1.5rem;
        overflow: auto;
      }
      form {
        width: min(24rem, 100%);
        display: grid;
        gap: 1rem;
      }
      h1 {
        margin: 0;
        font-size: 1.4rem;
      }
      label {
        display: grid;
        gap: 0.3rem;
        font-weight: 600;
      }
      label.choice {
        display: flex;
        align-items: center;
        font-weight: 400;
      }
      label.choice input {
        width: auto;
      }
      label input {
        font-weight: 400;
      }
      small,
      summary {
        color: var(--chat-muted);
        font-weight: 400;
      }
      details label {
        margin-top: 0.6rem;
      }
      p {
        margin: 0;
      }
    `,
  ];

  @property({ attribute: false }) strings: Strings = stringsFor('en');
  @property() address = '';
  @property() server = '';
  @property() receipts: Receipts = 'delivery';
  /** Why the last try failed, in words. */
  @property() problem = '';
  @property({ type: Boolean }) busy = false;

  override render() {
    const { strings } = this;
    return html`<form @submit=${this.#submit}>
      <h1>${strings.signInTitle}</h1>
      ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing}
      <label
        >${strings.address}
        <input
          name="address"
          required
          autocomplete="username"
          autocapitalize="none"
          spellcheck="false"
          placeholder=${strings.addressHint}
          .value=${this.address}
      /></label>
      <label
        >${strings.password}
        <input name="password" type="password" autocomplete="current-password" />
      </label>
      <details>
        <summary>${strings.more}</summary>
        <label
          >${strings.server}
          <input name="server" placeholder="wss://example.org/" .value=${this.server} />
          <small>${strings.serverHint}</small>
        </label>
        <label class="choice"
          ><input name="displayed" type="checkbox" ?checked=${this.receipts === 'display'} />
          ${strings.tellDisplayed}</label
        >
      </details>
      <button class="primary" type="submit" ?disabled=${this.busy}>${strings.signIn}</button>
    </form>`;
  }

  override firstUpdated() {
    this.renderRoot.querySelector<HTMLInputElement>('[name=address]')?.focus();
  }

  #submit = (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    const text = (name: string) => String(fields.get(name) ?? '');
    const detail: SignInDetail = {
      address: text('address').trim(),
      password: text('password'),
      server: text('server').trim(),
      receipts: fields.has('displayed') ? 'display' : this.receipts === 'none' ? 'none' : 'delivery',
    };
    this.dispatchEvent(new CustomEvent('sign-in', { detail }));
  };
}
