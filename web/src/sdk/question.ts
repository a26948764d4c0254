import { decodeText } from './charset.js';
import { RecordWriter, type RecordReader } from './records.js';
import { NotOpenedError, type Entity, type NotOpenedReason, type OpenedEntity, type Protection, type Sealer } from './sealer.js';

/** What the core asks (docs/adr/0006). */
export type Question =
  | ({ type: 'seal'; job: number; recipient: string; mustBeSealed: boolean } & Entity)
  | ({ type: 'open'; job: number; sender: string } & Entity)
  | { type: 'decode'; job: number; charset: string; bytes: Uint8Array };

type Answer =
  | ({ kind: 'sealed' } & Entity)
  | { kind: 'in-the-clear' | 'not-sealed' | 'not-decoded' }
  | ({ kind: 'opened' } & OpenedEntity)
  | { kind: 'not-opened'; reason: NotOpenedReason; certificate: Entity | undefined }
  | { kind: 'decoded'; text: string };

const protections: readonly Protection[] = ['none', 'signed-only', 'encrypted-only', 'signed-and-encrypted'];

export function readQuestion(type: Question['type'], record: RecordReader): Question {
  const job = record.number();
  switch (type) {
    case 'seal': {
      const asked = { type, job, recipient: record.string(), contentType: record.string(), body: record.bytes() };
      return { ...asked, mustBeSealed: record.number() !== 0 };
    }
    case 'open':
      return { type, job, sender: record.string(), contentType: record.string(), body: record.bytes() };
    case 'decode':
      return { type, job, charset: record.string(), bytes: record.bytes() };
  }
}

function answerRecord(job: number, answer: Answer): Uint8Array {
  const record = new RecordWriter().number(job).string(answer.kind);
  switch (answer.kind) {
    case 'sealed':
      return record.string(answer.contentType).bytes(answer.body).finish();
    case 'opened':
      record.string(answer.contentType).bytes(answer.body).string(answer.protection);
      return record.string(answer.signer ?? '').finish();
    case 'not-opened':
      record.string(answer.reason).string(answer.certificate?.contentType ?? '');
      return record.bytes(answer.certificate?.body ?? new Uint8Array()).finish();
    case 'decoded':
      return record.string(answer.text).finish();
    case 'in-the-clear':
    case 'not-sealed':
    case 'not-decoded':
      return record.finish();
  }
}

/** Finds the answer, as a record. Never rejects: a sealer that fails gives an answer too. */
export async function answerTo(question: Question, sealer: Sealer | undefined): Promise<Uint8Array> {
  const answer = await find(question, sealer).catch((error: unknown) => failure(question, error));
  return answerRecord(question.job, answer);
}

async function find(question: Question, sealer: Sealer | undefined): Promise<Answer> {
  switch (question.type) {
    case 'seal': {
      const { recipient, mustBeSealed, contentType, body } = question;
      const sealed = await sealer?.seal({ recipient, mustBeSealed, contentType, body });
      return sealed ? { kind: 'sealed', ...checked(sealed) } : { kind: 'in-the-clear' };
    }
    case 'open': {
      const { sender, contentType, body } = question;
      if (!sealer) throw new NotOpenedError('unsupported');
      const opened = await sealer.open({ sender, contentType, body });
      if (!protections.includes(opened.protection)) throw new TypeError(`No protection: ${String(opened.protection)}`);
      return { kind: 'opened', ...checked(opened), protection: opened.protection, signer: opened.signer ?? '' };
    }
    case 'decode':
      return { kind: 'decoded', text: decodeText(question.charset, question.bytes) };
  }
}

function failure(question: Question, error: unknown): Answer {
  switch (question.type) {
    case 'seal':
      return { kind: 'not-sealed' };
    case 'open': {
      const known = error instanceof NotOpenedError ? error : new NotOpenedError('undecipherable');
      return { kind: 'not-opened', reason: known.reason, certificate: known.certificate };
    }
    case 'decode':
      return { kind: 'not-decoded' };
  }
}

/** A sealer may be written without types. What it gives must not end the session. */
function checked({ contentType, body }: Entity): Entity {
  if (typeof contentType !== 'string' || !(body instanceof Uint8Array)) throw new TypeError('No entity');
  return { contentType, body };
}
