export { connect, SipClient, type ClientEvents, type ConnectionState, type Gruus } from './client.js';
export { domainOf, peerAddress, shownAddress, webSocketAddress } from './address.js';
export { ConnectError } from './core.js';
export type { DeliveryState, FailureReason, Receipts, RegistrationTrouble, WasmSource } from './core.js';
export { BrowserHistory, MemoryHistory, type ChatMessage, type History } from './history.js';
export { claimInstance } from './instance.js';
export type { ConnectOptions } from './options.js';
export { NotOpenedError, type Entity, type NotOpenedReason, type OpenedEntity, type Protection, type Sealer } from './sealer.js';
export type { WebSocketConstructor, WebSocketLike } from './session.js';
