import { ConnectError, type ChatMessage, type ConnectionState, type RegistrationTrouble } from '../sdk/index.js';

const english = {
  signIn: 'Sign in',
  signInTitle: 'Sign in to chat',
  address: 'Your address',
  addressHint: 'name@example.org',
  password: 'Password',
  server: 'Server',
  serverHint: 'Left empty: the server of this page',
  more: 'More options',
  signOut: 'Sign out',
  conversations: 'Conversations',
  noConversations: 'Nobody yet. Write an address above.',
  newConversation: 'Write to',
  newConversationHint: 'Name or address',
  open: 'Open',
  unread: 'unread',
  notAnAddress: 'That is not an address. Try name@example.org.',
  back: 'Back to the conversations',
  messages: 'Messages',
  pickConversation: 'Pick a conversation, or write to someone new.',
  writeHere: 'Write a message',
  send: 'Send',
  sendAgain: 'Send again',
  cancel: 'Cancel',
  you: 'You',
  today: 'Today',
  yesterday: 'Yesterday',
  tooLongBy: (bytes: number) => `Too long by ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}. Please shorten it, or send it in two.`,
  queued: 'Waiting',
  sending: 'Sending…',
  cancelling: 'Cancelling…',
  stored: 'Accepted, will be delivered later',
  delivered: 'Delivered',
  displayed: 'Displayed',
  expired: 'Expired',
  priorities: { emergency: 'Emergency', urgent: 'Urgent' },
  writing: (name: string) => `${name} is writing…`,
  tellDisplayed: 'Tell others when I have seen their messages',
  failed: 'Not delivered: ',
  reasons: {
    none: '',
    'too-long': 'it is too long',
    'bad-recipient': 'the address is not valid',
    'bad-content': 'it holds characters that cannot be sent',
    'unknown-user': 'nobody has this address',
    moved: 'they have another address now, and that could not be reached',
    offline: 'they are not reachable now',
    refused: 'they, or their server, do not accept it',
    'not-understood': 'their device cannot show it',
    'wrong-password': 'the server did not accept your password',
    'no-answer': 'there was no answer',
    'server-trouble': 'a server on the way has trouble',
    expired: 'its time was over before it could be sent',
    undeliverable: 'a server took it, but could not pass it on',
    'not-sealed': 'it could not be protected, and is not sent without',
    'no-secure-device': 'their device cannot read protected messages, and it is not sent without protection',
    undecipherable: 'their device lacks the key to read it',
    other: 'it was refused',
  },
  /** Whole sentences: these say another thing than that it did not arrive. */
  outcomes: {
    declined: 'It arrived, and was refused',
    cancelled: 'Cancelled',
  },
  waitingFor: {
    offline: 'they are not reachable',
    'no-answer': 'no answer',
    'server-trouble': 'a server has trouble',
  } as Record<string, string>,
  waiting: (why: string, next: string) => `Waiting (${why}; ${next})`,
  tryingAgain: 'trying again',
  nextTry: (time: string) => `next try at ${time}`,
  notBefore: (time: string) => `. Try again after ${time}.`,
  connecting: 'Connecting…',
  connected: 'Connected',
  closed: 'Signed out',
  reconnecting: 'No connection. What you write is kept, and sent when it is back.',
  retryNow: 'Try now',
  troubles: {
    'connection-lost': 'The server cannot be reached.',
    'no-answer': 'The server does not answer.',
    'wrong-password': 'The address or the password is not right.',
    'token-needed': 'Your access has run out, or the server wants another proof than a password.',
    refused: 'The server refused to sign you in.',
    'server-trouble': 'The server has trouble.',
    broken: 'The chat has stopped because of an error in it. Please reload the page; what you wrote is kept.',
  } satisfies Record<RegistrationTrouble | 'broken', string>,
  cannotStart: 'The chat could not start: ',
};

export type Strings = typeof english;

const japanese: Strings = {
  signIn: 'サインイン',
  signInTitle: 'チャットにサインイン',
  address: 'あなたのアドレス',
  addressHint: 'name@example.org',
  password: 'パスワード',
  server: 'サーバー',
  serverHint: '空欄の場合はこのページのサーバーを使います',
  more: '詳細設定',
  signOut: 'サインアウト',
  conversations: '会話',
  noConversations: 'まだ会話はありません。上にアドレスを入力してください。',
  newConversation: '宛先',
  newConversationHint: '名前またはアドレス',
  open: '開く',
  unread: '件の未読',
  notAnAddress: 'アドレスが正しくありません。name@example.org の形で入力してください。',
  back: '会話一覧に戻る',
  messages: 'メッセージ',
  pickConversation: '会話を選ぶか、新しい宛先を入力してください。',
  writeHere: 'メッセージを入力',
  send: '送信',
  sendAgain: '再送信',
  cancel: '取り消す',
  you: 'あなた',
  today: '今日',
  yesterday: '昨日',
  tooLongBy: (bytes) => `${bytes}バイト長すぎます。短くするか、二つに分けて送ってください。`,
  queued: '送信待ち',
  sending: '送信中…',
  cancelling: '取り消し中…',
  stored: '受け付け済み(後で届きます)',
  delivered: '配信済み',
  displayed: '表示済み',
  expired: '期限切れ',
  priorities: { emergency: '緊急', urgent: '至急' },
  writing: (name) => `${name} さんが入力中…`,
  tellDisplayed: 'メッセージを見たことを相手に知らせる',
  failed: '未配信: ',
  reasons: {
    none: '',
    'too-long': '長すぎます',
    'bad-recipient': 'アドレスが正しくありません',
    'bad-content': '送信できない文字が含まれています',
    'unknown-user': 'このアドレスの利用者はいません',
    moved: '相手のアドレスが変わっており、新しい宛先に届きませんでした',
    offline: '相手は今オフラインです',
    refused: '相手またはサーバーが受け取りを拒否しました',
    'not-understood': '相手の端末では表示できません',
    'wrong-password': 'パスワードがサーバーに受け入れられませんでした',
    'no-answer': '応答がありませんでした',
    'server-trouble': '途中のサーバーに問題があります',
    expired: '送信できる前に有効期限が切れました',
    undeliverable: 'サーバーは受け取りましたが、相手に届けられませんでした',
    'not-sealed': '暗号化できないため、送信しませんでした',
    'no-secure-device': '相手の端末は暗号化メッセージに対応していません。暗号化せずには送信しません',
    undecipherable: '相手の端末に復号用の鍵がありません',
    other: '拒否されました',
  },
  outcomes: {
    declined: '届きましたが、受け取りを拒否されました',
    cancelled: '取り消しました',
  },
  waitingFor: {
    offline: '相手はオフラインです',
    'no-answer': '応答がありません',
    'server-trouble': 'サーバーに問題があります',
  },
  waiting: (why, next) => `送信待ち(${why}。${next})`,
  tryingAgain: '再試行します',
  nextTry: (time) => `次は${time}に試します`,
  notBefore: (time) => `。${time}以降にもう一度お試しください。`,
  connecting: '接続中…',
  connected: '接続済み',
  closed: 'サインアウトしました',
  reconnecting: '接続がありません。入力した内容は保存され、再接続後に送信されます。',
  retryNow: '今すぐ再試行',
  troubles: {
    'connection-lost': 'サーバーに接続できません。',
    'no-answer': 'サーバーが応答しません。',
    'wrong-password': 'アドレスまたはパスワードが正しくありません。',
    'token-needed': 'アクセスの有効期限が切れたか、サーバーがパスワード以外の認証を求めています。',
    refused: 'サーバーにサインインを拒否されました。',
    'server-trouble': 'サーバーに問題があります。',
    broken: 'エラーのためチャットが停止しました。ページを再読み込みしてください。入力した内容は保存されています。',
  },
  cannotStart: 'チャットを開始できませんでした: ',
};

export function stringsFor(language: string): Strings {
  return language.toLowerCase().startsWith('ja') ? japanese : english;
}

/** A wait that is over sooner is not worth a time of day; milliseconds. */
const worthATime = 60_000;

/** The state of a message in words, for the line below it; `timeOf` writes a time. Nothing below what others wrote. */
export function stateInWords(strings: Strings, message: ChatMessage, timeOf: (time: number) => string): string {
  const { state, reason, retryAt } = message;
  if (message.direction === 'in') return '';
  const isLong = retryAt - Date.now() > worthATime;
  if (state === 'failed') return failureInWords(strings, message) + (isLong ? strings.notBefore(timeOf(retryAt)) : '');
  if (state === 'sending' && reason === 'cancelled') return strings.cancelling;
  const why = state === 'queued' ? strings.waitingFor[reason] : undefined;
  if (!why) return strings[state];
  return strings.waiting(why, isLong ? strings.nextTry(timeOf(retryAt)) : strings.tryingAgain);
}

/** What stands before the text of a message that failed. */
export function failedPrefix(strings: Strings, { reason }: ChatMessage): string {
  return reason === 'declined' || reason === 'cancelled' ? `${strings.outcomes[reason]}: ` : strings.failed;
}

function failureInWords(strings: Strings, { reason, excess }: ChatMessage): string {
  if (reason === 'declined' || reason === 'cancelled') return strings.outcomes[reason];
  return strings.failed + (excess > 0 ? strings.tooLongBy(excess) : strings.reasons[reason]);
}

/** The connection's state in words. */
export function connectionInWords(strings: Strings, state: ConnectionState): string {
  if (state.status === 'failed') {
    const answer = state.trouble === 'refused' ? ` (${state.code} ${state.phrase})` : '';
    return strings.troubles[state.trouble] + answer;
  }
  if (state.status === 'reconnecting') return `${strings.troubles[state.trouble]} ${strings.reconnecting}`;
  return strings[state.status];
}

/** Why there is no connection at all, in words. */
export function startProblemInWords(strings: Strings, error: unknown): string {
  if (error instanceof ConnectError) {
    return error.reason === 'bad-address' ? strings.notAnAddress : strings.troubles['connection-lost'];
  }
  return strings.cannotStart + (error instanceof Error ? error.message : String(error));
}

/** How pressing a message is, in words, where it is more than others (RFC 3261 20.26). */
export function priorityInWords(strings: Strings, { priority }: ChatMessage): string {
  const word = priority?.toLowerCase();
  return word === 'emergency' || word === 'urgent' ? strings.priorities[word] : '';
}
