import { css } from 'lit';

/** Colours and sizes; a page that embeds the element may set any of these on it. */
export const theme = css`
  :host {
    --chat-background: #ffffff;
    --chat-surface: #f3f5f7;
    --chat-line: #d5dbe1;
    --chat-text: #17202a;
    --chat-muted: #52606d;
    --chat-accent: #0b63ce;
    --chat-on-accent: #ffffff;
    --chat-own: #dcebfd;
    --chat-error: #b3261e;
    --chat-warning-surface: #fff4d6;
    --chat-warning-text: #5c4300;
    color-scheme: light dark;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --chat-background: #14181d;
      --chat-surface: #1e242b;
      --chat-line: #36404a;
      --chat-text: #e8edf2;
      --chat-muted: #a5b1bd;
      --chat-accent: #7ab5ff;
      --chat-on-accent: #0a1a2f;
      --chat-own: #173a5f;
      --chat-error: #ff9d95;
      --chat-warning-surface: #3a3010;
      --chat-warning-text: #ffe39a;
    }
  }
`;

/** What every part looks like. */
export const controls = css`
  * {
    box-sizing: border-box;
  }
  button,
  input,
  textarea {
    font: inherit;
    color: inherit;
  }
  input,
  textarea {
    width: 100%;
    padding: 0.55rem 0.7rem;
    border: 1px solid var(--chat-line);
    border-radius: 0.5rem;
    background: var(--chat-background);
  }
  button {
    padding: 0.5rem 0.9rem;
    border: 1px solid var(--chat-line);
    border-radius: 0.5rem;
    background: var(--chat-background);
    color: var(--chat-text);
    cursor: pointer;
  }
  button.primary {
    border-color: transparent;
    background: var(--chat-accent);
    color: var(--chat-on-accent);
    font-weight: 600;
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--chat-accent);
    outline-offset: 2px;
  }
  [role='alert'] {
    color: var(--chat-error);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
