// As much of a browser as somebody else's SIP stack looks at. Media sessions are without media: what is told of them is
// well-formed, and nothing is sent. Browsers themselves offer DTLS, which not every phone answers.
import { load } from '../support/npm.mjs';

export const silentSdp =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\na=inactive\r\n';

class SilentPeerConnection extends EventTarget {
  iceConnectionState = 'new';
  iceGatheringState = 'complete';
  signalingState = 'stable';
  localDescription = null;

  async createOffer() {
    return { type: 'offer', sdp: silentSdp };
  }
  async createAnswer() {
    return { type: 'answer', sdp: silentSdp };
  }
  async setLocalDescription(description) {
    this.localDescription = description;
  }
  async setRemoteDescription() {}
  addTrack() {}
  getSenders() {
    return [];
  }
  close() {
    this.signalingState = 'closed';
  }
}

class SessionDescription {
  constructor(description) {
    Object.assign(this, description);
  }
}

const { default: WebSocket } = await load('ws');
let authorities;

/** Has secure WebSockets believe who shows a certificate of this authority, given as its own in PEM, and nobody else. */
export const believe = (authority) => (authorities = authority);

class BrowserSocket extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, { ca: authorities });
  }
}

/** A page's timers are gone with it: they don't keep a process from its end. */
const unheld = (set) => (...args) => set(...args).unref();

Object.assign(globalThis, {
  window: globalThis,
  WebSocket: BrowserSocket,
  RTCPeerConnection: SilentPeerConnection,
  RTCSessionDescription: SessionDescription,
  setTimeout: unheld(setTimeout),
  setInterval: unheld(setInterval),
});
