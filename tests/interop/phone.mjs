// A SIP phone on UDP that does what a call needs, and no more.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { udpPhone } from '../support/phones.mjs';
import { passwordOf } from '../support/relay.mjs';
import { authorization, body, head, request, status } from '../support/sip.mjs';

const reasons = { 180: 'Ringing', 183: 'Session Progress', 200: 'OK', 202: 'Accepted', 486: 'Busy Here', 487: 'Request Terminated' };
const sdp = (port) => `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\n`;

const values = (text, name) =>
  text
    .split('\r\n')
    .filter((line) => line.toLowerCase().startsWith(`${name}:`))
    .flatMap((line) => line.slice(name.length + 1).split(/,(?=\s*<)/))
    .map((value) => value.trim());
const value = (text, name) => values(text, name)[0];
const uriOf = (text) => /<([^>]*)>/.exec(text)[1];
const routeOf = (route) => (route.length ? { Route: route.join(', ') } : {});
const methodOf = (text) => /^([A-Z]+) /.exec(text)?.[1];
const isFinalOf = (method) => (text) => status(text) >= 200 && value(text, 'cseq').endsWith(` ${method}`);

export class Phone {
  #phone;
  #user;
  #domain;
  #sequence = 2;
  #leftOver = [];
  #tag = randomBytes(6).toString('hex');

  /** The phone of a user of example.test, registered with the relay; `contact` are parameters of its Contact. */
  static registered(t, relay, user, { contact } = {}) {
    return Phone.registeredAt(t, relay.ports.udp, user, { contact });
  }

  /** Likewise, with whatever serves the domain at a UDP port. */
  static async registeredAt(t, port, user, { domain = 'example.test', contact = '' } = {}) {
    const phone = new Phone(await udpPhone(t, port), user, domain);
    await phone.#authorized('REGISTER', { uri: `sip:${domain}`, From: phone.#from, To: `<${phone.#uri}>`, Contact: phone.#contact + contact });
    return phone;
  }

  constructor(phone, user, domain) {
    this.#phone = phone;
    this.#user = user;
    this.#domain = domain;
  }

  get #uri() {
    return `sip:${this.address}`;
  }
  get #from() {
    return `<${this.#uri}>;tag=${this.#tag}`;
  }
  /** USER@DOMAIN */
  get address() {
    return `${this.#user}@${this.#domain}`;
  }
  get #contact() {
    return `<sip:${this.#user}@127.0.0.1:${this.#phone.port}>`;
  }
  get #sentBy() {
    return `127.0.0.1:${this.#phone.port}`;
  }

  /** Sends a request, and again with the password that it is asked for. Gives it as that was. */
  async #sendsAuthorized(method, options) {
    const send = (more) => {
      const text = request(method, { transport: 'UDP', sentBy: this.#sentBy, ...options, ...more });
      this.#phone.send(text);
      return text;
    };
    send({});
    const refusal = await this.#final(method);
    if (method === 'INVITE') this.#acknowledge(refusal, options.uri);
    return send({ CSeq: `2 ${method}`, ...authorization(refusal, 'MD5', this.#user, passwordOf(this.#user), method, options.uri) });
  }

  /** Likewise, and waits for its final response. Gives that. */
  async #authorized(method, options, expected = 200) {
    await this.#sendsAuthorized(method, options);
    const answer = await this.#final(method);
    assert.equal(status(answer), expected, answer);
    return answer;
  }

  #final(method) {
    return this.#next(isFinalOf(method), `the answer to ${method}`);
  }

  /** The next that is wanted. What comes before it is left, but news of what is under way: a request may overtake an answer that comes by another connection. */
  async #next(isWanted, what) {
    const at = this.#leftOver.findIndex(isWanted);
    if (at >= 0) return this.#leftOver.splice(at, 1)[0];
    for (;;) {
      const text = await this.#phone.message(what);
      if (isWanted(text)) return text;
      if (!(status(text) < 200)) this.#leftOver.push(text);
    }
  }

  /** Of a refusal: with the branch of the INVITE. */
  #acknowledge(refusal, uri) {
    const fields = { Via: value(refusal, 'via'), From: value(refusal, 'from'), To: value(refusal, 'to'), 'Call-ID': value(refusal, 'call-id') };
    this.#phone.send(request('ACK', { transport: 'UDP', uri, ...fields, CSeq: value(refusal, 'cseq').replace(/[A-Z]+/, 'ACK') }));
  }

  /** A request outside of any dialog, to a user of example.test or an address of another domain; checks the final response. */
  async requests(method, to, fields, expected = 200) {
    const uri = to.includes('@') ? `sip:${to}` : `sip:${to}@example.test`;
    return this.#authorized(method, { uri, From: this.#from, To: `<${uri}>`, ...fields }, expected);
  }
  sends(to, text, expected) {
    return this.requests('MESSAGE', to, { body: text }, expected);
  }

  /** Writes a message that is delivered, or kept behind earlier ones that are not yet known to have been. */
  async follows(to, text) {
    const uri = `sip:${to}@example.test`;
    await this.#sendsAuthorized('MESSAGE', { uri, From: this.#from, To: `<${uri}>`, body: text });
    const answer = await this.#final('MESSAGE');
    assert.ok([200, 202].includes(status(answer)), answer);
  }

  /** The next request, which must be this. */
  async receives(method) {
    const text = await this.#next(methodOf, method);
    assert.equal(methodOf(text), method, text);
    return text;
  }
  async receivesText(text) {
    const message = await this.receives('MESSAGE');
    assert.equal(body(message), text);
    this.answers(message, 200);
  }

  /** Answers what it is notified of, until it is told that this is the last. */
  async hearsEndOf(event) {
    for (;;) {
      const notify = await this.receives('NOTIFY');
      assert.ok(value(notify, 'event').startsWith(event), notify);
      this.answers(notify, 200);
      if (value(notify, 'subscription-state').startsWith('terminated')) return;
    }
  }

  /** `fields` are further lines of the response. */
  answers(received, code, { withSdp = false, fields = {} } = {}) {
    const copied = head(received).split('\r\n').filter((line) => /^(via|from|to|call-id|cseq|record-route):/i.test(line));
    const lines = copied.map((line) => (/^to:/i.test(line) && !line.includes('tag=') ? `${line};tag=${this.#tag}` : line));
    const content = withSdp ? sdp(this.#phone.port) : '';
    const type = content ? 'Content-Type: application/sdp\r\n' : '';
    const more = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    this.#phone.send(
      `SIP/2.0 ${code} ${reasons[code]}\r\n${lines.join('\r\n')}\r\nContact: ${this.#contact}\r\n${more}${type}Content-Length: ${content.length}\r\n\r\n${content}`,
    );
  }

  /** The dialog that a request has formed which came here and was answered. */
  dialogOf(received) {
    return {
      uri: uriOf(value(received, 'contact')),
      From: `${value(received, 'to')};tag=${this.#tag}`,
      To: value(received, 'from'),
      'Call-ID': value(received, 'call-id'),
      ...routeOf(values(received, 'record-route')),
    };
  }

  /** Of a CANCEL: 200 for it, 487 for the INVITE, whose ACK comes. */
  async isCancelled(invite) {
    this.answers(await this.receives('CANCEL'), 200);
    this.answers(invite, 487);
    await this.receives('ACK');
  }

  /** Calls a user; gives the dialog once that has answered and the answer is acknowledged. */
  async calls(user) {
    const answer = await this.requests('INVITE', user, { Contact: this.#contact, body: sdp(this.#phone.port), 'Content-Type': 'application/sdp' });
    const dialog = {
      uri: uriOf(value(answer, 'contact')),
      From: value(answer, 'from'),
      To: value(answer, 'to'),
      'Call-ID': value(answer, 'call-id'),
      ...routeOf(values(answer, 'record-route').reverse()),
    };
    this.#phone.send(request('ACK', { transport: 'UDP', sentBy: this.#sentBy, ...dialog, CSeq: '2 ACK' }));
    return dialog;
  }

  /** Calls a user, and gives up once it rings there. */
  async callsInVain(user) {
    const uri = `sip:${user}`;
    const content = { body: sdp(this.#phone.port), 'Content-Type': 'application/sdp' };
    const invite = await this.#sendsAuthorized('INVITE', { uri, From: this.#from, To: `<${uri}>`, Contact: this.#contact, ...content });
    await this.#next((text) => status(text) === 180, 'the ringing');
    const same = Object.fromEntries(['Via', 'From', 'To', 'Call-ID'].map((name) => [name, value(invite, name.toLowerCase())]));
    this.#phone.send(request('CANCEL', { transport: 'UDP', uri, ...same, CSeq: '2 CANCEL' }));
    assert.equal(status(await this.#final('CANCEL')), 200);
    const refusal = await this.#final('INVITE');
    assert.equal(status(refusal), 487);
    this.#acknowledge(refusal, uri);
  }

  /** A request within a dialog; checks its final response, and gives it. */
  async asks(dialog, method, fields = {}, expected = 200) {
    const over = { transport: 'UDP', sentBy: this.#sentBy };
    this.#phone.send(request(method, { ...over, ...dialog, Contact: this.#contact, CSeq: `${++this.#sequence} ${method}`, ...fields }));
    const answer = await this.#final(method);
    assert.equal(status(answer), expected, answer);
    return answer;
  }
}
