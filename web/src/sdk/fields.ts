import type { RecordReader, RecordWriter } from './records.js';

/** What a message says beside its text (RFC 3428 9); what it does not say is not there. */
export interface MessageFields {
  subject?: string;
  /** Call-IDs, for a program of the recipient's (RFC 3261 20.21): the `id` of messages that are in no dialog and in no CPIM. */
  inReplyTo?: string[];
  /** `emergency`, `urgent`, `normal`, `non-urgent`, or another word (RFC 3261 20.26). */
  priority?: string;
  /** Language tags of the text, as in `en` or `en, ja`. */
  language?: string;
  /** Content-Disposition of the text, as in `render;handling=optional`. */
  disposition?: string;
}

/** What may be said with a message that is written. */
export interface SendOptions extends MessageFields {
  /** Seconds that it is of use; then it is not sent any more, and who has it is told that it is over (RFC 3428 4, 7). */
  expires?: number;
}

/** The dialog of another request, as of a call, that a message was sent in (RFC 3428 4, RFC 3261 12). */
export interface DialogId {
  callId: string;
  localTag: string;
  remoteTag: string;
}

export function writeFields(record: RecordWriter, fields: MessageFields): RecordWriter {
  const { subject, inReplyTo, priority, language, disposition } = fields;
  for (const text of [subject, inReplyTo?.join(', '), priority, language, disposition]) record.string(text ?? '');
  return record;
}

export function readFields(record: RecordReader): MessageFields {
  const [subject = '', inReplyTo = '', priority = '', language = '', disposition = ''] = Array.from({ length: 5 }, () => record.string());
  return fieldsOf({ subject, inReplyTo: inReplyTo ? inReplyTo.split(', ') : [], priority, language, disposition });
}

export function readDialog(record: RecordReader): DialogId | undefined {
  const dialog = { callId: record.string(), localTag: record.string(), remoteTag: record.string() };
  return dialog.localTag ? dialog : undefined;
}

/** Those that say something, and nothing else that the object may hold. */
export function fieldsOf({ subject, inReplyTo, priority, language, disposition }: MessageFields): MessageFields {
  return {
    ...(subject ? { subject } : {}),
    ...(inReplyTo?.length ? { inReplyTo } : {}),
    ...(priority ? { priority } : {}),
    ...(language ? { language } : {}),
    ...(disposition ? { disposition } : {}),
  };
}
