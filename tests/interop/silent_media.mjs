// Media sessions without media: what is told of them is well-formed, and nothing is sent.

export const silentSdp =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=inactive\r\n';

/** As much of an RTCPeerConnection as a SIP stack looks at. */
export class SilentPeerConnection extends EventTarget {
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
