/** Once a socket has closed, however it did: events.once() rejects when an error comes first, as when what was written meets a closed connection. */
export function closed(socket) {
  socket.on('error', () => {});
  return new Promise((resolve) => socket.once('close', resolve));
}
