import { request as httpRequest } from 'node:http';
import { soon } from './relay.mjs';

/** The port of what the relay serves to its operator. */
export const servicePort = (relay, name) => Number(new RegExp(`serving ${name} on tcp \\S+:(\\d+)`).exec(relay.log)[1]);

/** A request by itself: { status, headers, text }. */
export function ask(port, path, { method = 'GET', headers = {}, body = '' } = {}) {
  return soon(
    new Promise((resolve, reject) => {
      const asked = httpRequest({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
      });
      asked.on('error', reject);
      asked.end(body);
    }),
    path,
  );
}
