import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { passwordOf } from './relay.mjs';
import { authorization, body, ok, request, status } from './sip.mjs';
import { WebSocketClient } from './web_socket.mjs';

/** One connection of a browser that is a device of a user of example.test, registered over it (RFC 5626, RFC 7118). */
export class Flow {
  #client;
  #user;
  /** Its Contact, which no other connection has, also not one of the same device. */
  contact;

  /** `device` is the UUID of its instance; `tls` are Node's options for a secure one. */
  static async registered(t, port, user, { device = randomUUID(), tls } = {}) {
    const flow = new Flow(await WebSocketClient.open(t, port, { tls }), user);
    const contact = `<${flow.contact}>;reg-id=1;+sip.instance="<urn:uuid:${device}>"`;
    const answer = await flow.#asks('REGISTER', 'sip:example.test', user, { Contact: contact, Expires: '600', Supported: 'path, outbound' });
    assert.equal(status(answer), 200, answer);
    assert.match(answer, /^Require: outbound\r$/m);
    return flow;
  }

  constructor(client, user) {
    this.#client = client;
    this.#user = user;
    this.contact = `sip:${user}@${randomUUID()}.invalid;transport=ws`;
  }

  /** Writes to a user, and checks the final response. */
  async sends(to, text, expected = 200) {
    const answer = await this.#asks('MESSAGE', `sip:${to}@example.test`, to, { body: text });
    assert.equal(status(answer), expected, answer);
  }

  /** The next that comes, which must be this text. */
  async receives(text) {
    const received = await this.#client.message(`"${text}"`);
    assert.match(received, /^MESSAGE /);
    assert.equal(body(received), text);
    this.#client.send(ok(received));
  }

  /** Checks that nothing has come: the relay's answer to a ping is behind whatever it has sent. */
  async isSilent() {
    this.#client.send('\r\n\r\n');
    assert.equal(await this.#client.message('the pong'), '\r\n');
  }

  /** Is gone without a word. */
  vanish() {
    this.#client.vanish();
  }

  /** The final response to a request of the user's, with the password where it is asked for. */
  async #asks(method, uri, to, more) {
    const options = { uri, from: this.#user, to, 'Call-ID': randomUUID(), ...more };
    this.#client.send(request(method, options));
    const answer = await this.#answer(method);
    if (status(answer) !== 401 && status(answer) !== 407) return answer;
    const proof = authorization(answer, 'MD5', this.#user, passwordOf(this.#user), method, uri);
    this.#client.send(request(method, { ...options, CSeq: `2 ${method}`, ...proof }));
    return this.#answer(method);
  }

  async #answer(method) {
    const answer = await this.#client.message(`the answer to ${method}`);
    assert.ok(status(answer), answer);
    return answer;
  }
}
