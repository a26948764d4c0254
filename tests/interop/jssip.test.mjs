import { test } from 'node:test';
import { converse } from './conversation.mjs';
import { signIn } from './jssip.mjs';

test('JsSIP signs in, writes, subscribes and calls through the relay', (t) => converse(t, signIn));
