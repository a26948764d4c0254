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

/** A page's timers are gone with it: they don't keep a process from its end. */
const unheld = (set) => (...args) => set(...args).unref();

Object.assign(globalThis, {
  window: globalThis,
  WebSocket: (await load('ws')).default,
  RTCPeerConnection: SilentPeerConnection,
  RTCSessionDescription: SessionDescription,
  setTimeout: unheld(setTimeout),
  setInterval: unheld(setInterval),
});
