import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerAddress, shownAddress, webSocketAddress } from '../src/sdk/address.js';

const own = 'sip:alice@example.org';

test('what a person types becomes an address', () => {
  const cases: [typed: string, address: string | undefined][] = [
    ['bob', 'sip:bob@example.org'],
    [' bob ', 'sip:bob@example.org'],
    ['bob@example.net', 'sip:bob@example.net'],
    ['Bob@Example.NET', 'sip:Bob@example.net'],
    ['sip:bob@example.net', 'sip:bob@example.net'],
    ['SIP:bob@example.net;transport=tcp', 'sip:bob@example.net'],
    ['sips:bob@example.net', 'sips:bob@example.net'],
    ['im:bob@Example.org', 'sip:bob@example.org'],
    ['IM:bob@Example.net', 'im:bob@example.net'],
    ['Bob <im:bob@example.net>', 'im:bob@example.net'],
    ['im:', undefined],
    ['"Bob" <sip:bob@example.net>', 'sip:bob@example.net'],
    ['+81312345678', 'sip:+81312345678@example.org'],
    ['bob@[2001:db8::1]', 'sip:bob@[2001:db8::1]'],
    ['bob@127.0.0.1:5070', 'sip:bob@127.0.0.1:5070'],
    ['', undefined],
    ['@example.org', undefined],
    ['bob@', undefined],
    ['bob smith', undefined],
    ['bob@example.org\r\nX: y', undefined],
    ['tel:+81312345678', undefined],
    ['mailto:bob@example.org', undefined],
    ['bob@exa mple.org', undefined],
  ];
  for (const [typed, address] of cases) assert.equal(peerAddress(typed, own), address, typed);
});

test('a person sees no scheme', () => {
  assert.equal(shownAddress('sip:bob@example.org'), 'bob@example.org');
  assert.equal(shownAddress('sips:bob@example.org'), 'bob@example.org');
  assert.equal(shownAddress('im:bob@example.net'), 'bob@example.net');
});

test('the server is that of the page unless another one is typed, with or without its scheme', () => {
  const page = 'https://chat.example.org:8443/path/';
  assert.equal(webSocketAddress('', page), 'wss://chat.example.org:8443/');
  assert.equal(webSocketAddress('', 'http://127.0.0.1:8060/'), 'ws://127.0.0.1:8060/');
  assert.equal(webSocketAddress('sip.example.org', page), 'wss://sip.example.org');
  assert.equal(webSocketAddress('https://sip.example.org/ws', page), 'wss://sip.example.org/ws');
  assert.equal(webSocketAddress('ws://127.0.0.1:8060/', page), 'ws://127.0.0.1:8060/');
});
